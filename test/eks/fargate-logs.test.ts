import { Stack, aws_eks_v2 as eks, aws_iam as iam, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import { FargatePods } from '../../lib/eks/fargate-pods';
import { FargatePodRole } from '../../lib/identity/fargate-pod-role';
import { expectFailure } from '../support/errors';
import { expectWrong, imported, newCluster, SHOP, theirVpc, warnings } from '../support/fargate-pods';
import { only, Template } from '../support/fixture';
import { allowing, policiesOf } from '../support/policies';
import { all, idOf, lenientApp, once } from '../support/resources';
import { STRICT, validate } from '../support/validate';

describe('the logs', () => {
  const logged = once(() => {
    const { stack, cluster } = imported();
    const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, logging: {} });
    return { stack, pods, template: Template.fromStack(stack) };
  });

  test('go to a group that is kept, by a role that may write there and nowhere else', () => {
    const { template, pods } = logged();
    const group = only(template, 'AWS::Logs::LogGroup');
    expect(group).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
    expect(idOf(pods.logGroup!)).toBe(group.id);
    const policies = policiesOf(template, 'PodsRole');
    expect(policies.flatMap(({ statements }) => statements)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [group.id, 'Arn'] },
      },
    ]);
  });

  test('need two objects in the cluster, as AWS documents them', () => {
    const { stack, pods } = logged();
    const [namespace, map] = stack.resolve(pods.logObjects);
    expect(namespace).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'aws-observability', labels: { 'aws-observability': 'enabled' } },
    });
    expect(map).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'aws-logging', namespace: 'aws-observability' },
      data: { flb_log_cw: 'false' },
    });
    expect(pods.logObjects).toHaveLength(2);
  });

  test('are routed by sections that Fargate takes, to this group and region', () => {
    const { stack, pods } = logged();
    const [, map] = stack.resolve(pods.logObjects);
    const text = flat(map.data['output.conf']);
    expect(sectionsOf(text)).toEqual([
      {
        section: 'OUTPUT',
        Name: 'cloudwatch_logs',
        Match: 'kube.*',
        region: '<AWS::Region>',
        log_group_name: `<${idOf(pods.logGroup!)}>`,
        log_stream_prefix: 'fargate-',
        auto_create_group: 'false',
      },
    ]);
    expect(sectionsOf(map.data['filters.conf'])).toMatchObject([
      { section: 'FILTER', Name: 'parser', Match: '*', Parser: 'crio' },
      { section: 'FILTER', Name: 'kubernetes', Match: 'kube.*', Kube_Meta_Cache_TTL: '300s' },
    ]);
    const [parser] = sectionsOf(map.data['parsers.conf']);
    expect(parser).toMatchObject({ section: 'PARSER', Name: 'crio', Format: 'Regex' });
    const line = '2026-11-21T10:00:00.123456789+00:00 stdout F hello world';
    expect(new RegExp(parser.Regex).exec(line)!.groups).toMatchObject({ stream: 'stdout', log: 'hello world' });
  });

  test('have a configuration that is shorter than Fargate allows', () => {
    const { stack, pods } = logged();
    const [, map] = stack.resolve(pods.logObjects);
    expect(JSON.stringify(map).length).toBeLessThan(5300 - 512);
  });

  test('are kept as long as told, with the key that is given', () => {
    const { stack, cluster } = imported();
    const encryptionKey = new kms.Key(stack, 'Key');
    const logging = { retention: logs.RetentionDays.ONE_MONTH, encryptionKey };
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, logging });
    expect(only(Template.fromStack(stack), 'AWS::Logs::LogGroup').Properties).toEqual({
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [idOf(encryptionKey), 'Arn'] },
    });
  });

  test('of several share a group', () => {
    const { stack, cluster } = imported();
    const one = new FargatePods(stack, 'One', { cluster, selectors: SHOP, logging: {} });
    const two = new FargatePods(stack, 'Two', { cluster, selectors: SHOP, logging: { logGroup: one.logGroup } });
    expect(stack.resolve(two.logObjects)).toEqual(stack.resolve(one.logObjects));
    const template = Template.fromStack(stack);
    expect(allowing(template, 'TwoRole', 'logs:PutLogEvents')).toEqual(
      allowing(template, 'OneRole', 'logs:PutLogEvents'),
    );
  });

  test('of a group of somebody else may be written', () => {
    const { stack, cluster } = imported();
    const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Group', 'pods');
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, logging: { logGroup } });
    const [{ Resource }] = allowing(Template.fromStack(stack), 'PodsRole', 'logs:PutLogEvents');
    expect(JSON.stringify(Resource)).toContain(':log-group:pods:*');
  });

  test('may be written by a role of another stack, from the side of the pods', () => {
    const app = lenientApp();
    const home = new Stack(app, 'Home');
    const cluster = newCluster(home);
    const role = new FargatePodRole(home, 'Role', { cluster });
    const stack = new Stack(app, 'Shop');
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, role, logging: {} });
    app.synth();
    expect(stack.dependencies).toEqual([home]);
    expect(home.dependencies).toEqual([]);
    expect(all(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy')).toMatchObject([
      { PolicyDocument: { Statement: [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }] } },
    ]);
  });

  test('warns when the role must not be changed', () => {
    const { stack, cluster } = imported();
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/pods', { mutable: false });
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, role, logging: {} });
    expect(warnings(stack)).toEqual([
      "role is one that this app must not change, so pods of 'Shop/Pods' log only if its owner lets it write to the log group. [ack: Annotation::cdk-containers:FargateLogsRole]",
    ]);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  test('fails when a cluster would be told two groups', () => {
    const { stack, cluster } = imported();
    new FargatePods(stack, 'One', { cluster, selectors: SHOP, logging: {} });
    expectFailure(
      () => new FargatePods(stack, 'Two', { cluster, selectors: SHOP, logging: {} }),
      "logging of 'Shop/Two' must go to the log group of 'Shop/One', because a cluster has one log configuration for Fargate, got another: pass logging: { logGroup } with that one",
    );
  });

  test.each([
    ['retention', () => ({ retention: logs.RetentionDays.ONE_DAY })],
    ['encryptionKey', (stack: Stack) => ({ encryptionKey: new kms.Key(stack, 'Key') })],
  ])('fails when a group is both given and to be made with %s', (_what, more) => {
    expectWrong(
      (stack) => ({ logging: { logGroup: new logs.LogGroup(stack, 'Group'), ...more(stack) } }),
      'logging must have either logGroup, or retention and encryptionKey of a new one, got both: set them on the log group itself',
    );
  });

  test.each([
    ['true', true, 'no object'],
    ['null', null, 'no object'],
    ['a property that there is not', { group: 'pods' }, 'group'],
  ])('fails when they are %s', (_what, logging, got) => {
    expectWrong(
      () => ({ logging: logging as never }),
      `the options of logging must be an object with logGroup, retention, encryptionKey, got ${got}`,
    );
  });
});

test('passes every validator', () => {
  const app = lenientApp(STRICT);
  const stack = new Stack(app, 'Shop');
  const vpc = theirVpc(stack);
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
  const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Group', 'pods');
  new FargatePods(stack, 'One', { cluster, selectors: SHOP, logging: { logGroup } });
  new FargatePods(stack, 'Two', { cluster, selectors: [{ namespace: 'prod-*', labels: { app: 'a?' } }] });
  const other = eks.Cluster.fromClusterAttributes(stack, 'Others', { clusterName: 'others', vpc });
  new FargatePods(stack, 'Three', { cluster: other, selectors: SHOP, logging: {} });
  const verdict = validate(app);
  expect(verdict.open).toEqual([]);
  expect(verdict.validators).toContain('AwsSolutions');
  const acknowledged = verdict.acknowledged.map(({ rule, path }) => `${path} ${rule.replace(/\[.*/s, '')}`);
  expect(acknowledged.filter((each) => each.includes('AwsSolutions')).sort()).toEqual([
    'Shop/One/Role/Policy/Resource AwsSolutions-IAM5',
    'Shop/One/Role/Role/Resource AwsSolutions-IAM4',
    'Shop/Three/Role/Role/Resource AwsSolutions-IAM4',
    'Shop/Two/Role/Role/Resource AwsSolutions-IAM4',
  ]);
});

/** A text of a template, with its references in angle brackets. */
function flat(value: any): string {
  if (typeof value === 'string') return value;
  return value['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}

/** The sections of a configuration of Fluent Bit, as the log router of Fargate asks for them. */
function sectionsOf(text: string): { [key: string]: string }[] {
  const sections: { [key: string]: string }[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [, section] = /^\[([A-Z]+)\]$/.exec(line) ?? [];
    const [, key, value] = /^ {4}(\w+) (.+)$/.exec(line) ?? [];
    expect(section ?? key).toBeDefined();
    if (section) sections.push({ section });
    else sections.at(-1)![key] = value;
  }
  return sections;
}
