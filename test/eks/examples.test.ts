import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { EXAMPLES } from '../../examples';
import { ancestorsOf, graphOf } from '../support/graph';
import { lenientApp } from '../support/resources';

const NAMES = Object.keys(EXAMPLES).filter((name) => name.startsWith('eks-'));

const made = Object.fromEntries(
  NAMES.map((name) => {
    const app = lenientApp();
    const stack = EXAMPLES[name](app, name);
    return [name, { assembly: app.synth(), template: Template.fromStack(stack) }];
  }),
);

const resourcesOf = (name: string) => made[name].template.toJSON().Resources as Record<string, any>;
const idsOf = (name: string, type: string, wanted: (properties: any) => boolean = () => true) =>
  Object.entries(resourcesOf(name))
    .filter(([, { Type, Properties = {} }]) => Type === type && wanted(Properties))
    .map(([id]) => id);

test('there are five', () => {
  expect(NAMES.sort()).toEqual(['eks-auto-mode', 'eks-fargate', 'eks-hybrid', 'eks-managed-nodes', 'eks-self-managed']);
});

describe.each(NAMES)('example %s', (name) => {
  test('has no Lambda function, no custom resource and no parameter that nobody reads', () => {
    const types = Object.values(resourcesOf(name)).map(({ Type }) => Type as string);
    expect(
      types.filter((type) => /^(AWS::Lambda::|Custom::|AWS::CloudFormation::|AWS::SSM::Parameter$)/.test(type)),
    ).toEqual([]);
  });

  test('has no asset but its template', () => {
    const { directory } = made[name].assembly;
    const { files, dockerImages } = JSON.parse(readFileSync(join(directory, `${name}.assets.json`), 'utf8'));
    const sources = Object.values(files as Record<string, { source: { path: string } }>).map(
      ({ source }) => source.path,
    );
    expect(sources).toEqual([`${name}.template.json`]);
    expect(dockerImages).toEqual({});
  });

  test('has the properties that auditors look for', () => {
    made[name].template.hasResourceProperties('AWS::EKS::Cluster', {
      AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
      BootstrapSelfManagedAddons: false,
      DeletionProtection: true,
      EncryptionConfig: [{ Resources: ['secrets'] }],
      ResourcesVpcConfig: { EndpointPublicAccess: false, EndpointPrivateAccess: true },
      UpgradePolicy: { SupportType: 'STANDARD' },
      Logging: {
        ClusterLogging: {
          EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
        },
      },
    });
  });

  test('makes the log group before the cluster that would make another', () => {
    const [cluster] = idsOf(name, 'AWS::EKS::Cluster');
    const [logGroup] = idsOf(name, 'AWS::Logs::LogGroup', ({ LogGroupName }) => LogGroupName !== undefined);
    expect(ancestorsOf(graphOf(made[name].template), cluster)).toContain(logGroup);
  });
});

/** What must be there when nodes start. */
const BEFORE_NODES = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'];

describe.each(['eks-managed-nodes', 'eks-self-managed', 'eks-hybrid'])('the order of %s', (name) => {
  const groups = ['AWS::EKS::Nodegroup', 'AWS::AutoScaling::AutoScalingGroup'].flatMap((type) => idsOf(name, type));
  const addOns = (...names: string[]) => idsOf(name, 'AWS::EKS::Addon', ({ AddonName }) => names.includes(AddonName));
  const before = (id: string) => ancestorsOf(graphOf(made[name].template), id);

  test('has network plugin, proxy and agent before nodes', () => {
    expect(groups.length).toBeGreaterThan(0);
    expect(addOns(...BEFORE_NODES)).toHaveLength(3);
    for (const group of groups) expect([...before(group)]).toEqual(expect.arrayContaining(addOns(...BEFORE_NODES)));
  });

  test('has CoreDNS after the nodes that it runs on', () => {
    const [dns] = addOns('coredns');
    expect(groups.filter((group) => before(dns).has(group))).toHaveLength(1);
  });

  test('has the routes of their subnets before nodes', () => {
    for (const group of groups) {
      expect(
        [...before(group)].filter((id) => resourcesOf(name)[id]?.Type === 'AWS::EC2::Route').length,
      ).toBeGreaterThan(1);
    }
  });
});

test('self-managed nodes are let in before they start', () => {
  const name = 'eks-self-managed';
  for (const group of idsOf(name, 'AWS::AutoScaling::AutoScalingGroup')) {
    const entries = [...ancestorsOf(graphOf(made[name].template), group)].filter(
      (id) => resourcesOf(name)[id]?.Properties?.Type === 'EC2_LINUX',
    );
    expect(entries).toHaveLength(1);
  }
});

test('Fargate profiles are made one after the other, and CoreDNS after its own', () => {
  const name = 'eks-fargate';
  const profiles = idsOf(name, 'AWS::EKS::FargateProfile');
  const before = (id: string) => ancestorsOf(graphOf(made[name].template), id);
  expect(profiles).toHaveLength(2);
  expect(profiles.filter((profile) => profiles.some((other) => before(profile).has(other)))).toHaveLength(1);
  const [dns] = idsOf(name, 'AWS::EKS::Addon');
  expect(profiles.some((profile) => before(dns).has(profile))).toBe(true);
});
