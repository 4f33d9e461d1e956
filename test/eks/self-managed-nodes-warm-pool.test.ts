import { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import { NodeImage } from '../../lib/eks/node-image';
import { settingsIn } from '../support/eks-nodes';
import { only } from '../support/fixture';
import { once, resourceOf } from '../support/resources';
import { made, readMessage, userDataOf } from '../support/self-managed-nodes';

const plain = once(() => made());

describe('a warm pool', () => {
  const WARM = { minSize: 1, poolState: autoscaling.PoolState.STOPPED };

  test('stands beside the group', () => {
    const { template, group, nodes } = made(() => ({ warmPool: WARM }));
    const pool = only(template, 'AWS::AutoScaling::WarmPool');
    expect(pool.Properties).toEqual({ AutoScalingGroupName: { Ref: group.id }, MinSize: 1, PoolState: 'Stopped' });
    expect(resourceOf(template, nodes.warmPool!).Type).toBe('AWS::AutoScaling::WarmPool');
    expect(plain().nodes.warmPool).toBeUndefined();
  });

  test('keeps nodes with Amazon Linux from joining until they are taken', async () => {
    const { template, cluster } = made(() => ({ warmPool: WARM, labels: { team: 'search' } }));
    const { nodeConfigs, scripts } = await readMessage(userDataOf(template, cluster));
    expect(nodeConfigs).toHaveLength(1);
    expect(nodeConfigs[0].spec.kubelet.flags).toEqual(['--node-labels=team=search']);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toMatch(/^#!\/bin\/bash\n/);
    expect(scripts[0]).toContain('meta-data/autoscaling/target-lifecycle-state');
    expect(scripts[0]).toMatch(/until \[ "\$\(state\)" = InService \]; do\n {2}sleep 2\ndone\n/);
  });

  test('keeps nodes with Bottlerocket from joining until they are taken', () => {
    const { template, cluster } = made(() => ({ warmPool: WARM, image: NodeImage.bottlerocket() }));
    const settings = settingsIn(userDataOf(template, cluster));
    expect(settings.autoscaling).toEqual({ 'should-wait': true });
    expect(settings.kubernetes['cluster-name']).toBe('shop');
  });

  test('leaves what you say of it to Bottlerocket', () => {
    const image = NodeImage.bottlerocket({ settings: { autoscaling: { 'should-wait': false } } });
    const { template, cluster } = made(() => ({ warmPool: WARM, image }));
    expect(settingsIn(userDataOf(template, cluster)).autoscaling).toEqual({ 'should-wait': false });
  });

  test('is none unless it is asked for, and nodes do not wait', () => {
    const { template, cluster } = plain();
    template.resourceCountIs('AWS::AutoScaling::WarmPool', 0);
    expect(userDataOf(template, cluster)).not.toContain('target-lifecycle-state');
  });
});
