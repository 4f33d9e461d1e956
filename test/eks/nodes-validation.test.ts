import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import type { NodeOptions } from '../../lib/eks/node-options';
import { newNodeLaunchTemplate } from '../../lib/eks/private/node-launch-template';
import { chooseNodes } from '../../lib/eks/private/nodes';
import { importedCluster } from '../support/eks-nodes';
import { lenientApp } from '../support/resources';
import { STRICT, validate } from '../support/validate';

test('all that nodes have in common passes the strict validation and every pack of cdk-nag', () => {
  const app = lenientApp(STRICT);
  const stack = new Stack(app, 'Kube');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  });
  const oneZone = { subnets: [vpc.privateSubnets[0]] };
  const nodes = (
    id: string,
    self: boolean,
    more: Partial<NodeOptions>,
    cluster: Partial<eks.ClusterAttributes> = {},
  ) => {
    const scope = new Construct(stack, id);
    const options = {
      cluster: importedCluster(scope as Stack, cluster),
      vpc,
      capacity: NodeCapacity.onDemand(['m7g.large']),
      maxNodes: 3,
      ...more,
    };
    const chosen = chooseNodes(scope, options);
    const { image, role, labels, taints } = chosen;
    const serviceCidr = cluster.ipFamily ? 'fd12:3456:789a::/108' : '10.100.0.0/16';
    const join = () => image.join({ cluster: options.cluster, serviceCidr, labels, taints });
    newNodeLaunchTemplate(scope, 'LaunchTemplate', {
      nodes: options,
      chosen,
      ...(self ? { role, machineImage: image.machineImage('1.36'), userData: join() } : { userData: image.settings() }),
    });
  };
  nodes('Managed', false, {
    image: NodeImage.al2023({ nodeConfig: { kubelet: { config: { maxPods: 20 } } } }),
    allowSessions: true,
  });
  nodes('Bottlerocket', true, {
    image: NodeImage.bottlerocket(),
    volumeEncryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
  });
  nodes('Ipv6', true, {}, { ipFamily: eks.IpFamily.IP_V6 });
  nodes('Fabric', true, {
    capacity: NodeCapacity.onDemand(['p5.48xlarge']),
    elasticFabricAdapter: true,
    vpcSubnets: oneZone,
  });
  const block = NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' });
  nodes('Block', false, { capacity: block, vpcSubnets: oneZone });
  const { open, acknowledged } = validate(app);
  expect(open).toEqual([]);
  const ofIpv6 = acknowledged.filter(({ path }) => path === 'Kube/Ipv6/Role/Policy/Resource').map(({ rule }) => rule);
  expect(ofIpv6.sort()).toEqual([
    'AwsSolutions-IAM5[Resource::*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]',
  ]);
});
