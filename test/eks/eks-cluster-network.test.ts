import { CfnParameter, Fn, Stack, Validations, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { clusterFacts } from '../../lib/eks/private/cluster-facts';
import { clusterIn, importedVpc, isolatedVpc, newEksCluster, ownVpc, VERSION } from '../support/eks-clusters';
import type { MakeVpc } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { only, Template, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

const TAGS = /nobody tags its subnets here/;

describe('subnets', () => {
  const subnetsIn = (make: MakeVpc, props?: Partial<EksClusterProps>) =>
    clusterIn(props, make).ResourcesVpcConfig.SubnetIds.map(({ Ref }: { Ref: string }) =>
      Ref.replace(/[0-9A-F]{8}$/, ''),
    );

  test('are the private ones', () => {
    expect(subnetsIn(ownVpc())).toEqual(['VpcPrivateSubnet1Subnet', 'VpcPrivateSubnet2Subnet']);
  });

  test('are the isolated ones of a VPC without others, and nobody is warned', () => {
    expect(subnetsIn(isolatedVpc())).toEqual(['VpcInnerSubnet1Subnet', 'VpcInnerSubnet2Subnet']);
    const { stack } = newEksCluster({}, isolatedVpc());
    expect(warnings(stack)).toEqual([]);
  });

  test('are those that are chosen', () => {
    const subnetConfiguration = [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Nodes', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Inner', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ];
    expect(subnetsIn(ownVpc({ subnetConfiguration }), { vpcSubnets: { subnetGroupName: 'Inner' } })).toEqual([
      'VpcInnerSubnet1Subnet',
      'VpcInnerSubnet2Subnet',
    ]);
  });

  test.each([
    [
      'there is one zone',
      ownVpc({ maxAzs: 1 }),
      {},
      'vpcSubnets must select at least two subnets in two zones, which EKS asks for, got 1 in 1: use a VPC with two zones or more',
    ],
    [
      'two subnets are in one zone',
      importedVpc({
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
        isolatedSubnetIds: ['subnet-2'],
      }),
      {},
      /got 1 in 1/,
    ],
    [
      'all are public',
      ownVpc(),
      { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } },
      'vpcSubnets must have private subnets, because the API is reached over them from the VPC, got public ones only: leave it out for the private subnets',
    ],
    [
      'the VPC has public ones only',
      ownVpc({ subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] }),
      {},
      'the control plane needs private subnets, and the VPC has none: use a VPC with private subnets',
    ],
    [
      'the VPC has no DNS host names',
      ownVpc({ enableDnsHostnames: false }),
      {},
      'the VPC must have DNS support and DNS host names, because nodes find the API by its private name: leave out enableDnsSupport and enableDnsHostnames',
    ],
    ['the VPC has no DNS', ownVpc({ enableDnsHostnames: false, enableDnsSupport: false }), {}, /must have DNS support/],
  ] as [string, MakeVpc, Partial<EksClusterProps>, string | RegExp][])(
    'fails when %s',
    (_what, make, props, message) => {
      expectFailure(() => newEksCluster(props, make), message);
    },
  );

  test('fails when several subnets stand in one zone', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = ownVpc({ maxAzs: 1, natGateways: 0 })(stack);
    const zone = vpc.availabilityZones[0];
    const subnets = [1, 2].map(
      (index) =>
        new ec2.PrivateSubnet(stack, `Subnet${index}`, {
          vpcId: vpc.vpcId,
          availabilityZone: zone,
          cidrBlock: `10.0.${200 + index}.0/24`,
        }),
    );
    expectFailure(
      () => new EksCluster(stack, 'K8s', { vpc, vpcSubnets: { subnets }, version: VERSION }),
      /got 2 in 1: use a VPC with two zones or more/,
    );
  });

  test('of which nobody knows the zone pass', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = importedVpc()(stack);
    const subnets = ['a', 'b'].map((id) => ec2.Subnet.fromSubnetId(stack, id, `subnet-${id}`));
    new EksCluster(stack, 'K8s', { vpc, vpcSubnets: { subnets }, version: VERSION });
    const { ResourcesVpcConfig } = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties;
    expect(ResourcesVpcConfig.SubnetIds).toEqual(['subnet-a', 'subnet-b']);
  });

  test('that are a list token pass', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const ids = new CfnParameter(stack, 'Ids', { type: 'List<AWS::EC2::Subnet::Id>' });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: Fn.getAzs(),
      privateSubnetIds: ids.valueAsList,
    });
    new EksCluster(stack, 'K8s', { vpc, version: VERSION });
    const { ResourcesVpcConfig } = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties;
    expect(ResourcesVpcConfig.SubnetIds).toEqual({ Ref: 'Ids' });
  });

  test('by zones that a VPC has not before it was looked up pass', () => {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
    const vpcSubnets = { availabilityZones: ['eu-west-1a', 'eu-west-1b'] };
    expect(() => new EksCluster(stack, 'K8s', { vpc, vpcSubnets, version: VERSION })).not.toThrow();
  });

  test('of a VPC that is still looked up pass, and nobody is warned', () => {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
    const { cluster } = new EksCluster(stack, 'K8s', { vpc, version: VERSION });
    expect(warnings(cluster)).toEqual([]);
    // Nodes must be told one, or nobody gets as far as the look-up.
    expect(clusterFacts(cluster).serviceCidr).toBe('172.20.0.0/16');
  });
});

describe('load balancers find subnets by tags', () => {
  test('which subnets of this app get, in whichever stack', () => {
    const app = lenientApp();
    const network = new Stack(app, 'Network');
    const vpc = ownVpc()(network);
    const { stack } = newEksCluster({}, () => vpc, app);
    const tagged = (tag: string) =>
      Object.values(Template.fromStack(network).findResources('AWS::EC2::Subnet')).filter(({ Properties }) =>
        Properties.Tags.some(({ Key, Value }: { Key: string; Value: string }) => Key === tag && Value === '1'),
      ).length;
    expect([tagged('kubernetes.io/role/internal-elb'), tagged('kubernetes.io/role/elb')]).toEqual([2, 2]);
    expect(warnings(stack).filter((each) => TAGS.test(each))).toEqual([]);
  });

  test('which nobody gives imported ones: it is said once, and can be acknowledged', () => {
    const { k8s } = newEksCluster({}, importedVpc({ publicSubnetIds: ['subnet-3', 'subnet-4'] }));
    expect(warnings(k8s)).toEqual([expect.stringMatching(TAGS)]);
    Validations.of(k8s).acknowledge({ id: 'Annotation::cdk-containers:ClusterSubnetTags', reason: 'they are tagged' });
    expect(warnings(k8s)).toEqual([]);
  });

  test('isolated subnets of this app are tagged where there are no private ones, and left alone otherwise', () => {
    const isolated = (make: MakeVpc) => {
      const subnets = Template.fromStack(newEksCluster({}, make).stack).findResources('AWS::EC2::Subnet');
      return Object.entries(subnets)
        .filter(([id]) => id.startsWith('VpcInner'))
        .map(([, { Properties }]) =>
          Properties.Tags.some(({ Key }: { Key: string }) => Key === 'kubernetes.io/role/internal-elb'),
        );
    };
    expect(isolated(isolatedVpc())).toEqual([true, true]);
    const subnetConfiguration = [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Nodes', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Inner', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ];
    expect(isolated(ownVpc({ subnetConfiguration }))).toEqual([false, false]);
  });
});
