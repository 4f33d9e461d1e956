import { aws_autoscaling as autoscaling, aws_eks_v2 as eks, Duration } from 'aws-cdk-lib';
import { NodeRepairAction, NodeUpdateStrategy } from '../../lib/eks/managed-node-group-props';
import { madeNodeGroup } from '../support/node-groups';

describe('updates', () => {
  test('take as many nodes as told, in percent too', () => {
    const { properties } = madeNodeGroup(() => ({
      maxUnavailablePercent: 33,
      updateStrategy: NodeUpdateStrategy.MINIMAL,
      forceUpdate: true,
    }));
    expect(properties.UpdateConfig).toEqual({ MaxUnavailablePercentage: 33, UpdateStrategy: 'MINIMAL' });
    expect(properties.ForceUpdateEnabled).toBe(true);
  });

  test('take as many nodes as told', () => {
    expect(madeNodeGroup(() => ({ maxUnavailable: 3 })).properties.UpdateConfig).toEqual({
      MaxUnavailable: 3,
      UpdateStrategy: 'DEFAULT',
    });
  });

  test('bring the version and the release that were named', () => {
    const { properties } = madeNodeGroup(() => ({
      version: eks.KubernetesVersion.V1_35,
      releaseVersion: '1.35.2-20261105',
    }));
    expect(properties).toMatchObject({ Version: '1.35', ReleaseVersion: '1.35.2-20261105' });
  });
});

describe('repair', () => {
  test('is what is told', () => {
    const { properties } = madeNodeGroup(() => ({
      repair: {
        maxParallelRepairs: 3,
        maxUnhealthyNodesPercent: 10,
        overrides: [
          {
            condition: 'AcceleratedHardwareReady',
            reason: 'NvidiaXID31Error',
            waitTime: Duration.hours(1),
            action: NodeRepairAction.NO_ACTION,
          },
        ],
      },
    }));
    expect(properties.NodeRepairConfig).toEqual({
      Enabled: true,
      MaxParallelNodesRepairedCount: 3,
      MaxUnhealthyNodeThresholdPercentage: 10,
      NodeRepairConfigOverrides: [
        {
          NodeMonitoringCondition: 'AcceleratedHardwareReady',
          NodeUnhealthyReason: 'NvidiaXID31Error',
          MinRepairWaitTimeMins: 60,
          RepairAction: 'NoAction',
        },
      ],
    });
  });

  test('is the other half of what is told', () => {
    const { properties } = madeNodeGroup(() => ({ repair: { maxParallelRepairsPercent: 20, maxUnhealthyNodes: 2 } }));
    expect(properties.NodeRepairConfig).toEqual({
      Enabled: true,
      MaxParallelNodesRepairedPercentage: 20,
      MaxUnhealthyNodeThresholdCount: 2,
    });
  });

  test('can be turned off', () => {
    expect(madeNodeGroup(() => ({ repair: { enabled: false } })).properties.NodeRepairConfig).toEqual({
      Enabled: false,
    });
  });
});

describe('a warm pool', () => {
  test('keeps stopped instances', () => {
    expect(madeNodeGroup(() => ({ warmPool: {} })).properties.WarmPoolConfig).toEqual({
      Enabled: true,
      MinSize: 0,
      PoolState: 'STOPPED',
      ReuseOnScaleIn: false,
    });
  });

  test('is what is told', () => {
    const warmPool = {
      minSize: 2,
      maxPreparedCapacity: 6,
      state: autoscaling.PoolState.HIBERNATED,
      reuseOnScaleIn: true,
    };
    expect(madeNodeGroup(() => ({ warmPool })).properties.WarmPoolConfig).toEqual({
      Enabled: true,
      MinSize: 2,
      MaxGroupPreparedCapacity: 6,
      PoolState: 'HIBERNATED',
      ReuseOnScaleIn: true,
    });
  });

  test('can be taken away', () => {
    expect(madeNodeGroup(() => ({ warmPool: { enabled: false } })).properties.WarmPoolConfig).toEqual({
      Enabled: false,
    });
  });
});
