import { Lazy, Token } from 'aws-cdk-lib';
import {
  checkOneCapacity,
  checkServiceCidr,
  checkVersions,
  namesOfNodegroupArn,
} from '../../lib/rules/managed-node-groups';
import type { Versions } from '../../lib/rules/managed-node-groups';
import { expectFailure } from '../support/errors';

const TEXT = Token.asString({ Ref: 'Text' });

describe('versions', () => {
  const check = (versions: Versions, os = 'al2023', ownImage = false) =>
    checkVersions(versions, { os, kind: 'ON_DEMAND', ownImage });

  test.each<[Versions, string]>([
    [{}, 'al2023'],
    [{ version: '1.36', clusterVersion: '1.36' }, 'al2023'],
    [{ version: '1.33', clusterVersion: '1.36' }, 'al2023'],
    [{ version: '1.37' }, 'al2023'],
    [{ version: TEXT, releaseVersion: '1.36.1-20261105', clusterVersion: '1.36' }, 'al2023'],
    [{ version: '1.36', releaseVersion: TEXT, clusterVersion: '1.36' }, 'al2023'],
    [{ version: '1.36', clusterVersion: TEXT }, 'al2023'],
    [{ version: '1.36', releaseVersion: '1.36.1-20261105', clusterVersion: '1.36' }, 'al2023'],
    [{ version: '1.36', releaseVersion: '1.47.0-6154605b', clusterVersion: '1.36' }, 'bottlerocket'],
    [{ releaseVersion: '1.36-2026.11.10', clusterVersion: '1.36' }, 'windows'],
  ])('can be %j of %s', (versions, os) => {
    expect(() => check(versions, os)).not.toThrow();
  });

  test('of an image of your own are its own matter', () => {
    expect(() => check({ clusterVersion: '1.36' }, 'al2023', true)).not.toThrow();
  });

  test.each<[Versions, string, string]>([
    [{ version: '1.36.1' }, 'al2023', "version must be a version of Kubernetes such as '1.36', got '1.36.1'"],
    [{ version: '36' }, 'al2023', "version must be a version of Kubernetes such as '1.36', got '36'"],
    [
      { version: '1.37', clusterVersion: '1.36' },
      'al2023',
      'version must not be newer than the cluster, 1.36, got 1.37: update the cluster first',
    ],
    [
      { version: '1.32', clusterVersion: '1.36' },
      'al2023',
      'version must be at most 3 minor versions older than the cluster, 1.36, got 1.32: update the nodes',
    ],
    [
      { releaseVersion: '1.32.1-20261105', clusterVersion: '1.36' },
      'al2023',
      'releaseVersion must be at most 3 minor versions older than the cluster, 1.36, got 1.32: update the nodes',
    ],
    [
      { releaseVersion: '1.37-2026.11.10', clusterVersion: '1.36' },
      'windows',
      'releaseVersion must not be newer than the cluster, 1.36, got 1.37: update the cluster first',
    ],
    [
      { version: '1.36', releaseVersion: '1.35.1-20261105' },
      'al2023',
      "releaseVersion must be of version 1.36, got '1.35.1-20261105': leave one of them out, or name a release of that version",
    ],
    [
      { releaseVersion: '1.47.0-6154605b' },
      'al2023',
      "releaseVersion must be a release of the image such as '1.36.1-20261105', got '1.47.0-6154605b'",
    ],
    [
      { releaseVersion: '1.36.1-20261105x' },
      'al2023',
      "releaseVersion must be a release of the image such as '1.36.1-20261105', got '1.36.1-20261105x'",
    ],
    [
      { releaseVersion: '1.36.1-2026110' },
      'bottlerocket',
      "releaseVersion must be a release of the image such as '1.47.0-6154605b', got '1.36.1-2026110'",
    ],
    [
      { releaseVersion: 'latest' },
      'windows',
      "releaseVersion must be a release of the image such as '1.36-2026.11.10', got 'latest'",
    ],
  ])('fails when they are %j of %s', (versions, os, message) => {
    expectFailure(() => check(versions, os), message);
  });

  test.each<[Versions, string]>([
    [{ version: '1.36' }, 'version'],
    [{ releaseVersion: '1.36.1-20261105' }, 'releaseVersion'],
    [{ version: TEXT, releaseVersion: TEXT }, 'version'],
  ])('fails when an image of your own has %j', (versions, name) => {
    expectFailure(
      () => check(versions, 'al2023', true),
      `${name} must be left out with an image of your own, which says itself what runs: build the image with that version`,
    );
  });
});

describe('the range of services', () => {
  const OF_AWS = { os: 'al2023', kind: 'ON_DEMAND', ownImage: false };

  test('is for images of yours', () => {
    expect(() => checkServiceCidr(undefined, OF_AWS)).not.toThrow();
    expect(() => checkServiceCidr('10.100.0.0/16', { ...OF_AWS, ownImage: true })).not.toThrow();
  });

  test.each([
    ['10.100.0.0/16', "'10.100.0.0/16'"],
    [TEXT, 'a token'],
  ])('fails when an image of AWS has it', (serviceCidr, got) => {
    expectFailure(
      () => checkServiceCidr(serviceCidr, OF_AWS),
      `serviceCidr must be left out with an image of AWS, which EKS tells it, got ${got}: remove it`,
    );
  });
});

test('capacity is of one kind', () => {
  for (const kind of ['ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK']) expect(() => checkOneCapacity(kind)).not.toThrow();
  expectFailure(
    () => checkOneCapacity('MIXED'),
    'capacity must be On-Demand, Spot or a capacity block, got NodeCapacity.mixed, which EKS does not manage: make a node group for each, or use SelfManagedNodes',
  );
});

describe('the ARN of a node group', () => {
  test.each(['aws', 'aws-us-gov', 'aws-cn'])('of partition %s says its names', (partition) => {
    const arn = `arn:${partition}:eks:eu-west-1:111122223333:nodegroup/shop/general-x_1/0ac1d2e3-4f5a`;
    expect(namesOfNodegroupArn(arn)).toEqual({ cluster: 'shop', nodegroup: 'general-x_1' });
  });

  test('that is a token says nothing yet', () => {
    expect(namesOfNodegroupArn(Lazy.string({ produce: () => 'later' }))).toBeUndefined();
  });

  test.each([
    '',
    'general',
    'arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/general',
    'arn:aws:eks::1:cluster/a/b/c',
  ])('fails when it is %j', (arn) => {
    expectFailure(
      () => namesOfNodegroupArn(arn),
      `nodegroupArn must be the ARN of a node group, 'arn:aws:eks:<region>:<account>:nodegroup/<cluster>/<name>/<id>', got '${arn}'`,
    );
  });

  test('fails when it is not given', () => {
    expectFailure(() => namesOfNodegroupArn(undefined as never), 'nodegroupArn must be given, got undefined');
  });
});
