import { Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import { CloudFrontPeer } from '../../lib';
import { originFacingMapping } from '../../lib/rules/cloudfront';
import { expectFailure } from '../support/errors';
import { Template, newApp } from '../support/fixture';
import { all } from '../support/resources';

const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const IN_MAPPING = { 'Fn::FindInMap': ['CloudFrontOriginFacing', { Ref: 'AWS::Region' }, 'PrefixListId'] };
const HTTPS = ec2.Port.tcp(443);

/** A security group in a stack of its own. */
function grouped(app = newApp(), id = 'Network', env?: Environment) {
  const stack = new Stack(app, id, { env });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
  const group = new ec2.SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false });
  return { app, stack, group, template: () => Template.fromStack(stack) };
}

/** Where CloudFront's addresses are named. */
const sources = (template: Template) => all(template, INGRESS).map((rule) => rule.SourcePrefixListId);

test('a stack with a region has the id of its region, and no mapping', () => {
  const { stack, group, template } = grouped(newApp(), 'Ireland', { region: 'eu-west-1' });
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  expect(sources(template())).toEqual(['pl-4fa04526']);
  expect(template().toJSON()).not.toHaveProperty('Mappings');
});

test('a stack without a region has all ids in one mapping', () => {
  const { stack, group, template } = grouped();
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  group.addIngressRule(CloudFrontPeer.originFacing(group), ec2.Port.tcp(8443));
  expect(sources(template())).toEqual([IN_MAPPING, IN_MAPPING]);
  expect(template().toJSON().Mappings).toEqual({ CloudFrontOriginFacing: originFacingMapping() });
});

test('the mapping has one id for each region', () => {
  const mapping = originFacingMapping();
  const ids = Object.values(mapping).map(({ PrefixListId }) => PrefixListId);
  expect(ids).toHaveLength(24);
  expect(new Set(ids).size).toBe(24);
  ids.forEach((id) => expect(id).toMatch(/^pl-([0-9a-f]{8}|[0-9a-f]{17})$/));
  Object.keys(mapping).forEach((region) => expect(region).toMatch(/^[a-z]{2}-[a-z]+-\d$/));
  expect(mapping).toMatchObject({
    'us-east-1': { PrefixListId: 'pl-3b927c52' },
    'eu-central-1': { PrefixListId: 'pl-a3a144ca' },
    'ap-south-1': { PrefixListId: 'pl-9aa247f3' },
    'us-west-1': { PrefixListId: 'pl-4ea04527' },
  });
});

test('a rule keeps its id when its stack gets a region, so that it is not made twice', () => {
  const ids = [undefined, { region: 'eu-west-1' }].map((env) => {
    const { stack, group, template } = grouped(newApp(), 'Network', env);
    group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
    return Object.keys(template().findResources(INGRESS));
  });
  expect(ids[0]).toHaveLength(1);
  expect(ids[1]).toEqual(ids[0]);
});

test('the same rule twice is one', () => {
  const { stack, group, template } = grouped();
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  expect(sources(template())).toEqual([IN_MAPPING]);
});

test('is a peer in both directions', () => {
  const { stack, group, template } = grouped();
  const peer = CloudFrontPeer.originFacing(stack);
  group.connections.allowFrom(peer, HTTPS);
  group.addEgressRule(peer, HTTPS);
  expect(sources(template())).toEqual([IN_MAPPING]);
  expect(all(template(), 'AWS::EC2::SecurityGroupEgress')).toEqual([
    expect.objectContaining({ DestinationPrefixListId: IN_MAPPING, FromPort: 443, ToPort: 443 }),
  ]);
});

test('may be used in another stack, in whose region it is', () => {
  const { app, stack } = grouped();
  const { group, template } = grouped(app, 'Tokyo', { region: 'ap-northeast-1' });
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  expect(sources(template())).toEqual(['pl-58a04531']);
});

test('fails without a scope', () => {
  expectFailure(
    () => CloudFrontPeer.originFacing(undefined as unknown as Stack),
    'scope of CloudFrontPeer.originFacing must be given, got undefined',
  );
});

test('fails when the stack that uses it has neither region nor mapping', () => {
  const { app, stack } = grouped(newApp(), 'Tokyo', { region: 'ap-northeast-1' });
  const { group } = grouped(app, 'Anywhere');
  group.addIngressRule(CloudFrontPeer.originFacing(stack), HTTPS);
  expect(() => app.synth()).toThrow(
    "CloudFrontPeer must have a scope in the stack that uses it, got 'Tokyo' for 'Anywhere': make one there",
  );
});

const LOOK =
  "find its id with 'aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing' and pass ec2.Peer.prefixList(id)";

test.each(['me-central-1', 'cn-north-1', 'constructor', 'eu-west-9'])('fails when the region is %s', (region) => {
  const { stack } = grouped(newApp(), 'There', { region });
  expectFailure(
    () => CloudFrontPeer.originFacing(stack),
    `the region must be one whose prefix list of CloudFront is known, got '${region}': ${LOOK}`,
  );
});
