import { Duration, Fn, Stack, Token, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { inOneUnit } from '../../lib/rules/eks-clusters';
import { clusterIn, newEksCluster, VERSION } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { lenientApp } from '../support/resources';

type Wrong = [what: string, props: object, message: string | RegExp];
const OPTIONS = 'the options of ClusterCompute.autoMode must be an object with pools, nodeRole, nodeGroups, got';

describe('what JavaScript lets pass of a cluster', () => {
  test.each<Wrong>([
    [
      'the key is an ARN',
      { secretsEncryptionKey: 'arn' },
      /^secretsEncryptionKey must be a key such as .*, got 'arn'$/,
    ],
    ['the key of logs is an ARN', { logEncryptionKey: 'arn' }, /^logEncryptionKey must be a key such as/],
    ['the role is an ARN', { role: 'arn' }, /^role must be a role such as/],
    [
      'the security group is an id',
      { securityGroup: 'sg-1' },
      /^securityGroup must be a group such as .*, got 'sg-1'$/,
    ],
    ['the VPC is an id', { vpc: 'vpc-1' }, "vpc must be a network such as new ec2.Vpc(…), got 'vpc-1'"],
    [
      'the tier is a word',
      { controlPlaneScalingTier: 'tier-xl' },
      "controlPlaneScalingTier must be such as eks.ControlPlaneScalingTier.XL, got 'tier-xl'",
    ],
    [
      'subnets are selected by a list, as for the cluster of CDK',
      { vpcSubnets: [{ subnetType: ec2.SubnetType.PUBLIC }] },
      'vpcSubnets must be one selection such as { subnetGroupName: … }, got a list: leave out the brackets',
    ],
    ['controlPlane is a word', { controlPlane: 'large' }, /^the options of controlPlane must be .* got no object$/],
    ['controlPlane is null', { controlPlane: null }, /^the options of controlPlane must be .* got no object$/],
    ['controlPlane has a typo', { controlPlane: { egres: 'x' } }, /^the options of controlPlane .* got egres$/],
    [
      'nodePorts is a word',
      { controlPlane: { nodePorts: '30000-32000' } },
      'the options of nodePorts must be an object with min, max, got no object',
    ],
    [
      'nodePorts has no end',
      { controlPlane: { nodePorts: { min: 30000 } } },
      'nodePorts.max must be given, got undefined',
    ],
    [
      'the range of services begins within itself',
      { serviceIpv4Cidr: '10.100.3.0/16' },
      "serviceIpv4Cidr must begin with the first address of its block, got '10.100.3.0/16': use 10.100.0.0/16",
    ],
  ])('fails when %s', (_, props, message) => {
    expectFailure(() => newEksCluster(props as Partial<EksClusterProps>), message);
  });

  test.each<[string, unknown, string]>([
    ['a list', ['system'], `${OPTIONS} no object`],
    ['null', null, `${OPTIONS} no object`],
    ['a typo', { pool: [] }, `${OPTIONS} pool`],
    ['a name for the role', { nodeRole: 'nodes' }, "nodeRole must be a role such as new NodeRole(…), got 'nodes'"],
  ])('fails when Auto Mode gets %s', (_, options, message) => {
    expectFailure(() => ClusterCompute.autoMode(options as never), message);
  });
});

test('fails when the VPC is in another region', () => {
  const app = lenientApp();
  const there = new Stack(app, 'There', { env: { account: '111122223333', region: 'us-east-1' } });
  const here = new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = new ec2.Vpc(there, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  expectFailure(
    () => new EksCluster(here, 'K8s', { vpc, version: VERSION }),
    'vpc must be in the region of the cluster, eu-west-1, got us-east-1: use one there',
  );
});

describe('durations that are tokens', () => {
  const minutes = Token.asNumber(Fn.importValue('Minutes'));

  test('are written with their unit', () => {
    const eventRetention = Duration.seconds(minutes);
    expect(clusterIn({ controlPlane: { eventRetention } }).KubeApiServerConfig.EventTtl).toEqual({
      'Fn::Join': ['', [{ 'Fn::ImportValue': 'Minutes' }, 's']],
    });
    // Of numbers that stand for tokens, some could be divided by 60.
    const texts = Array.from({ length: 90 }, () => inOneUnit(Duration.seconds(Token.asNumber(Fn.importValue('Any')))));
    const resolved = texts.map((text) => JSON.stringify(new Stack().resolve(text)));
    expect([...new Set(resolved)]).toEqual([expect.stringContaining('Any')]);
  });

  test('are minutes for a rollback', () => {
    const rollback = (versionRollbackTimeout: Duration) => clusterIn({ controlPlane: { versionRollbackTimeout } });
    expect(rollback(Duration.minutes(minutes)).RollbackConfig.TimeoutMinutes).toEqual({
      'Fn::ImportValue': 'Minutes',
    });
    expectFailure(
      () => rollback(Duration.seconds(minutes)),
      'versionRollbackTimeout must be Duration.minutes(…) when it is a token, got seconds',
    );
  });
});

test('what is right passes', () => {
  const range = { min: 30000, max: 31000 };
  const controlPlane = { nodePorts: range, eventRetention: Duration.minutes(30) };
  expect(() => newEksCluster({ controlPlane, serviceIpv4Cidr: '10.100.0.0/16' })).not.toThrow();
  expect(() => newEksCluster({ serviceIpv4Cidr: Fn.importValue('Services') })).not.toThrow();
});
