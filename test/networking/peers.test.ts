import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { CloudFrontPeer } from '../../lib';
import { clientsOf } from '../../lib/networking/private/peers';
import { expectFailure } from '../support/errors';

const EVERYONE = '0.0.0.0/0';
const ids = (options: Parameters<typeof clientsOf>[0]) => clientsOf(options).map(({ uniqueId }) => uniqueId);

test.each<[string, Parameters<typeof clientsOf>[0], string[]]>([
  ['everyone, when public', {}, [EVERYONE]],
  ['everyone, when it is said to be public', { internal: false, dualStack: false }, [EVERYONE]],
  ['everyone of both kinds of addresses', { dualStack: true }, [EVERYONE, '::/0']],
  ['nobody inside', { internal: true, dualStack: true }, []],
  ['nobody, when there is nobody on the list', { allowFrom: [] }, []],
  ['who is named', { allowFrom: [ec2.Peer.ipv4('192.0.2.0/24')], dualStack: true }, ['192.0.2.0/24']],
  ['who is named, inside too', { allowFrom: [ec2.Peer.ipv4('192.0.2.0/24')], internal: true }, ['192.0.2.0/24']],
])('clients are %s', (_what, options, expected) => {
  expect(ids(options)).toEqual(expected);
});

test('clients may be security groups, prefix lists and CloudFront', () => {
  const stack = new Stack();
  const allowFrom = [
    ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    ec2.Peer.prefixList('pl-1'),
    CloudFrontPeer.originFacing(stack),
  ];
  expect(clientsOf({ allowFrom })).toBe(allowFrom);
});

const LIST = 'allowFrom must be a list,';
const EACH = "each of allowFrom must be a peer such as ec2.Peer.ipv4('192.0.2.0/24') or a security group, got";

test.each<[string, unknown, string]>([
  ['null', null, 'allowFrom must be a list of peers, got null: leave it out, or give an empty list for nobody'],
  ['one peer', ec2.Peer.anyIpv4(), `${LIST} got something else: put it into brackets`],
  ['a string', '192.0.2.0/24', `${LIST} got '192.0.2.0/24': put it into brackets`],
  ['a list of addresses', ['192.0.2.0/24'], `${EACH} '192.0.2.0/24'`],
  ['a list of nothing', [undefined], `${EACH} undefined`],
  ['a list with null', [ec2.Peer.anyIpv4(), null], `${EACH} null`],
  ['a list of something else', [{}], `${EACH} [object Object]`],
])('fails when allowFrom is %s', (_what, allowFrom, message) => {
  expectFailure(() => clientsOf({ allowFrom: allowFrom as ec2.IPeer[] }), message);
});
