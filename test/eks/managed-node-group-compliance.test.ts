import { Duration, Stack, Tags, aws_ec2 as ec2, aws_eks_v2 as eks, aws_kms as kms } from 'aws-cdk-lib';
import { NodeRepairAction, NodeUpdateStrategy } from '../../lib/eks/managed-node-group-props';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { newApp } from '../support/fixture';
import { importedCluster, newNodeGroup, twoZones } from '../support/node-groups';
import { STRICT, validate } from '../support/validate';

test('every kind of group passes the strict validation and all packs', () => {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = twoZones(stack);
  const cluster = importedCluster(stack, { vpc, clusterSecurityGroupId: 'sg-0123456789abcdef0' });
  const fixture = { stack, cluster };
  Tags.of(stack).add('team', 'shop');
  newNodeGroup(fixture, { initialNodes: 2, allowSessions: true }, 'Plain');
  newNodeGroup(
    fixture,
    {
      capacity: NodeCapacity.spot(['m7i.large', 'm6i.large', 'c7i.large']),
      image: NodeImage.bottlerocket({ settings: { kubernetes: { 'max-pods': 40 } } }),
      labels: { team: 'shop' },
      taints: [{ key: 'spot', effect: eks.TaintEffect.NO_SCHEDULE }],
      maxUnavailablePercent: 25,
      updateStrategy: NodeUpdateStrategy.MINIMAL,
      repair: {
        maxParallelRepairs: 1,
        maxUnhealthyNodesPercent: 10,
        overrides: [
          { condition: 'KernelReady', reason: 'Any', waitTime: Duration.minutes(9), action: NodeRepairAction.REBOOT },
        ],
      },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-0123456789abcdef1')],
    },
    'Spot',
  );
  newNodeGroup(
    fixture,
    {
      capacity: NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' }),
      vpcSubnets: { availabilityZones: ['eu-west-1a'] },
      elasticFabricAdapter: true,
      version: eks.KubernetesVersion.V1_36,
      releaseVersion: '1.36.1-20261105',
    },
    'Block',
  );
  newNodeGroup(
    fixture,
    {
      image: NodeImage.windows(),
      capacity: NodeCapacity.onDemand(['m7i.large']),
      volumeEncryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    },
    'Windows',
  );
  newNodeGroup(fixture, { warmPool: { minSize: 1, maxPreparedCapacity: 3, reuseOnScaleIn: true } }, 'Warm');

  const { open, acknowledged } = validate(app);
  const ours = open.filter(({ path }) => /Plain|Spot|Block|Windows|Warm/.test(path));
  expect(ours.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'Annotation::cdk-containers:NodesWindowsSupport Shop/Windows',
  ]);
  // It did look.
  expect(acknowledged.length).toBeGreaterThan(0);
});
