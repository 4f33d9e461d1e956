import { Duration, Lazy } from 'aws-cdk-lib';
import {
  checkCertificateTrust,
  checkHybridCluster,
  checkRegistrationLimit,
  checkRemoteNetworks,
  isWithoutHybridNodes,
} from '../../lib/rules/hybrid-nodes';
import { expectFailure } from '../support/errors';

const TOKEN = Lazy.string({ produce: () => 'later' });

describe('the remote networks', () => {
  const blocks = (count: number) => Array.from({ length: count }, (_, index) => `10.${index}.0.0/16`);

  test('can be 15 blocks of each kind', () => {
    const pods = blocks(15).map((cidr) => cidr.replace(/^10\./, '192.168.').replace('.0.0/16', '.0/24'));
    expect(() => checkRemoteNetworks({ nodes: blocks(15), pods })).not.toThrow();
  });

  test.each([
    ['remoteNodeNetworks', { nodes: blocks(16) }],
    ['remotePodNetworks', { pods: blocks(16) }],
  ])('fails when %s are 16', (name, networks) => {
    expectFailure(
      () => checkRemoteNetworks(networks),
      `the number of blocks of ${name} must be between 0 and 15, got 16`,
    );
  });

  test.each(['10.0.0.0', '10.0.0/16', '10.0.0.0.0/16', '10.0.0.256/32', '10.0.0.0/33', '10.0.0.0/7', 'fd00::/64', ''])(
    'fails when a block is %j',
    (cidr) => {
      expectFailure(
        () => checkRemoteNetworks({ nodes: [cidr] }),
        `a block of remoteNodeNetworks must be addresses of IPv4 such as 10.80.0.0/16, from /8 to /32, got '${cidr}'`,
      );
    },
  );

  test.each(['8.8.8.0/24', '172.32.0.0/16', '172.0.0.0/8', '192.169.0.0/24', '100.128.0.0/16'])(
    'fails when a block is public: %s',
    (cidr) => {
      expectFailure(
        () => checkRemoteNetworks({ pods: [cidr] }),
        `a block of remotePodNetworks must be in one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got ${cidr}`,
      );
    },
  );

  test.each(['10.0.0.0/8', '172.31.255.255/32', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', TOKEN])(
    'can have %s',
    (cidr) => {
      expect(() => checkRemoteNetworks({ nodes: [cidr] })).not.toThrow();
    },
  );

  test.each([
    ['nodes', { nodes: ['10.1.0.0/16', '10.1.255.0/24'] }, 'remoteNodeNetworks', '10.1.255.0/24 and 10.1.0.0/16'],
    [
      'a last address',
      { nodes: ['10.1.0.0/16', '10.1.255.255/32'] },
      'remoteNodeNetworks',
      '10.1.255.255/32 and 10.1.0.0/16',
    ],
    [
      'pods and nodes',
      { nodes: ['10.1.0.0/16'], pods: ['10.0.0.0/15'] },
      'remoteNodeNetworks',
      '10.0.0.0/15 and 10.1.0.0/16',
    ],
    [
      'services',
      { nodes: ['172.20.0.0/24'], serviceCidr: '172.20.0.0/16' },
      'the addresses of services',
      '172.20.0.0/24 and 172.20.0.0/16',
    ],
    [
      'the VPC',
      { pods: ['10.0.128.0/17'], vpcCidrs: ['10.9.0.0/16', '10.0.0.0/16'] },
      'the VPC',
      '10.0.128.0/17 and 10.0.0.0/16',
    ],
  ])('fails when they overlap with %s', (_what, networks, other, got) => {
    const of = 'pods' in networks ? 'remotePodNetworks' : 'remoteNodeNetworks';
    expectFailure(
      () => checkRemoteNetworks(networks),
      `${of} must not overlap with ${other}, got ${got}: packets would find two ways`,
    );
  });

  test('can be neighbours, and tokens', () => {
    expect(() =>
      checkRemoteNetworks({
        nodes: ['10.1.0.0/16', TOKEN],
        pods: ['10.2.0.0/16', TOKEN],
        serviceCidr: TOKEN,
        vpcCidrs: ['10.0.0.0/16', '10.3.0.0/16', TOKEN],
      }),
    ).not.toThrow();
  });

  test.each([
    ['a string', '10.0.0.0/16', "remoteNodeNetworks must be a list, got '10.0.0.0/16': put it into brackets"],
    ['a list with null', [null], 'a block of remoteNodeNetworks must be given, got null'],
    ['a list with a number', [10], /, got 10, which is no string$/],
  ])('fails when they are %s', (_what, nodes, message) => {
    expectFailure(() => checkRemoteNetworks({ nodes: nodes as never }), message);
  });
});

describe('a cluster for hybrid nodes', () => {
  test('fails when it is IPv6', () => {
    expectFailure(
      () => checkHybridCluster('Shop/K8s', { ipv6: true, hybrid: true }),
      "the cluster 'Shop/K8s' must use IPv4, because hybrid nodes know no other, got IPv6: make them a cluster of their own",
    );
  });

  test('fails when it has no remote networks', () => {
    expectFailure(
      () => checkHybridCluster('Shop/K8s', { hybrid: false }),
      "the cluster 'Shop/K8s' must have remoteNodeNetworks, the addresses of the nodes outside AWS, got none: set them on the cluster, with remotePodNetworks if its pods are reached",
    );
  });

  test('fails when nobody joins by an access entry', () => {
    expectFailure(
      () => checkHybridCluster('Shop/K8s', { hybrid: true, authenticationMode: 'CONFIG_MAP' }),
      "the authentication mode of the cluster 'Shop/K8s' must be API or API_AND_CONFIG_MAP, got CONFIG_MAP: hybrid nodes join by an access entry",
    );
  });

  test('fails when its networks overlap', () => {
    expectFailure(
      () => checkHybridCluster('Shop/K8s', { hybrid: true, nodes: ['10.0.0.0/16'], pods: ['10.0.0.0/24'] }),
      /^remotePodNetworks must not overlap/,
    );
  });

  test.each([
    ['nothing that is known', {}],
    ['access entries', { hybrid: true, ipv6: false, authenticationMode: 'API' }],
    ['both', { hybrid: true, authenticationMode: 'API_AND_CONFIG_MAP' }],
  ])('can have %s', (_what, cluster) => {
    expect(() => checkHybridCluster('Shop/K8s', cluster)).not.toThrow();
  });
});

const AUTHORITY = { certificateAuthorityArn: 'arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/x' };

describe('the trust in certificates', () => {
  const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const ANCHOR = 'arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/8a3e4c1e-0000-0000-0000-000000000000';

  test.each([
    ['none', {}],
    ['trustAnchorArn and certificateBundle', { trustAnchorArn: ANCHOR, certificateBundle: PEM }],
    ['trustAnchorArn and certificateAuthority', { trustAnchorArn: ANCHOR, certificateAuthority: AUTHORITY }],
    ['none', { certificateBundle: null as never }],
  ])('fails when it says %s', (got, trust) => {
    expectFailure(
      () => checkCertificateTrust(trust),
      `rolesAnywhere must have exactly one of trustAnchorArn, certificateAuthority, certificateBundle, got ${got}`,
    );
  });

  test.each(['trust-anchor', 'arn:aws:iam::111122223333:role/nodes', '', 1])(
    'fails when the anchor is %j',
    (anchor) => {
      expectFailure(
        () => checkCertificateTrust({ trustAnchorArn: anchor }),
        /^trustAnchorArn must be the ARN of a trust anchor of IAM Roles Anywhere, got/,
      );
    },
  );

  test.each([['ca.pem'], [''], [{}], [true]])('fails when the bundle is %j', (bundle) => {
    expectFailure(
      () => checkCertificateTrust({ certificateBundle: bundle as never }),
      'certificateBundle must be certificates in PEM, got something else: give the text of the file, which begins with -----BEGIN CERTIFICATE-----',
    );
  });

  test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'])('fails when the bundle has a %s', (kind) => {
    expectFailure(
      () => checkCertificateTrust({ certificateBundle: `${PEM}-----BEGIN ${kind}-----\nsecret` }),
      'certificateBundle must be certificates alone, got a private key too: anybody who reads the template would have it, so take it out and replace it',
    );
  });

  test('fails when the bundle is too long', () => {
    expectFailure(
      () => checkCertificateTrust({ certificateBundle: PEM.padEnd(8001) }),
      'certificateBundle must have up to 8000 characters, got 8001: name only the authorities that sign for nodes',
    );
  });

  test.each(['CN', 'x509Subject', '${aws:username}', 'x509Subject/CN}', 'x509Issuer/CN', ''])(
    'fails when nodes are named by %j',
    (nodeNameAttribute) => {
      expectFailure(
        () => checkCertificateTrust({ certificateBundle: PEM, nodeNameAttribute }),
        `nodeNameAttribute must be an attribute of certificates such as 'x509Subject/CN' or 'x509SAN/Name/CN', got '${nodeNameAttribute}'`,
      );
    },
  );

  test.each([899, 43201])('fails when sessions last %s seconds', (seconds) => {
    expectFailure(
      () => checkCertificateTrust({ certificateBundle: PEM, sessionDuration: Duration.seconds(seconds) }),
      `sessionDuration must be between 900 and 43200 seconds, got ${seconds} seconds`,
    );
  });

  test.each([
    ['a bundle', { certificateBundle: PEM.padEnd(8000) }],
    ['a bundle that comes later', { certificateBundle: TOKEN }],
    ['an anchor', { trustAnchorArn: ANCHOR, nodeNameAttribute: 'x509SAN/Name/CN' }],
    ['an anchor that comes later', { trustAnchorArn: TOKEN, nodeNameAttribute: TOKEN }],
    ['an authority', { certificateAuthority: AUTHORITY, sessionDuration: Duration.minutes(15) }],
    ['long sessions', { certificateAuthority: AUTHORITY, sessionDuration: Duration.hours(12) }],
  ])('can be by %s', (_what, trust) => {
    expect(() => checkCertificateTrust(trust)).not.toThrow();
  });
});

test.each([0, 1001, 1.5, '5', NaN])('fails when an activation is for %j machines', (limit) => {
  expectFailure(() => checkRegistrationLimit(limit as never), /^registrationLimit must be /);
});

test.each([1, 1000, undefined])('an activation can be for %s machines', (limit) => {
  expect(() => checkRegistrationLimit(limit)).not.toThrow();
});

test.each([
  ['us-gov-west-1', true],
  ['cn-north-1', true],
  ['eu-west-1', false],
  [TOKEN, false],
])('%s is without hybrid nodes: %s', (region, without) => {
  expect(isWithoutHybridNodes(region)).toBe(without);
});
