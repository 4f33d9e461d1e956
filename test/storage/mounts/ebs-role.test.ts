import { aws_iam as iam, aws_kms as kms, Size, Stack } from 'aws-cdk-lib';
import { InfrastructureRole, Mount } from '../../../lib';
import type { EbsMountOptions } from '../../../lib';
import { Fixture, IMAGE, newApp, only, Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing, expectNothingInline, statementsOf } from '../../support/policies';
import { newWorker } from '../../support/pools';
import { serviceOf } from '../../support/resources';

const ROLE = 'WorkerTaskDefinitionInfrastructureRole';
const SIZE = { size: Size.gibibytes(20) };
const SNAPSHOT = 'snap-0123456789abcdef0';

/** The template of a worker with one volume. */
function mounted(options: EbsMountOptions = SIZE, fixture = new Fixture()): Template {
  newWorker(fixture, { container: { image: IMAGE, mounts: [Mount.ebs('/data', options)] } });
  return fixture.template();
}

const arn = (service: string, resource: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      `:${service}:`,
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:${resource}`,
    ],
  ],
});

const VOLUMES = arn('ec2', 'volume/*');
const TASKS = arn('ecs', 'task/*');
const REQUESTED = { 'aws:RequestTag/AmazonECSManaged': 'true' };
const OF_TASK = { ArnLike: { 'aws:RequestTag/AmazonECSCreated': TASKS } };
const IS_MANAGED = { StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' } };
/** What ECS may do for an empty volume. */
const STATEMENTS = [
  { Action: 'ec2:CreateVolume', Resource: VOLUMES, Condition: { ...OF_TASK, StringEquals: REQUESTED } },
  {
    Action: 'ec2:CreateTags',
    Resource: VOLUMES,
    Condition: { ...OF_TASK, StringEquals: { ...REQUESTED, 'ec2:CreateAction': 'CreateVolume' } },
  },
  { Action: ['ec2:AttachVolume', 'ec2:DetachVolume'], Resource: VOLUMES, Condition: IS_MANAGED },
  {
    Action: 'ec2:DeleteVolume',
    Resource: VOLUMES,
    Condition: { ...IS_MANAGED, ArnLike: { 'aws:ResourceTag/AmazonECSCreated': TASKS } },
  },
  { Action: ['ec2:AttachVolume', 'ec2:DetachVolume'], Resource: arn('ec2', 'instance/*') },
  { Action: ['ec2:DescribeAvailabilityZones', 'ec2:DescribeInstances', 'ec2:DescribeVolumes'], Resource: '*' },
].map((statement) => ({ Effect: 'Allow', ...statement }));

const CREATE_FROM_SNAPSHOT = {
  Effect: 'Allow',
  Action: 'ec2:CreateVolume',
  Resource: {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:', { Ref: 'AWS::Region' }, `::snapshot/${SNAPSHOT}`]],
  },
};

/** What ECS may do with a key, beside the rest. */
function keyStatements(key: unknown, data: string[]) {
  const throughEc2 = {
    'kms:CallerAccount': { Ref: 'AWS::AccountId' },
    'kms:ViaService': { 'Fn::Join': ['', ['ec2.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
  };
  return [
    { Effect: 'Allow', Action: 'kms:DescribeKey', Resource: key },
    { Effect: 'Allow', Action: data, Resource: key, Condition: { StringEquals: throughEc2 } },
    {
      Effect: 'Allow',
      Action: 'kms:CreateGrant',
      Resource: key,
      Condition: { StringEquals: throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
}

const DATA = ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'];

describe('infrastructure role of Mount.ebs', () => {
  test('is assumed by ECS alone', () => {
    const template = mounted();
    const { RoleArn } = serviceOf(template).VolumeConfigurations[0].ManagedEBSVolume;
    const role = template.toJSON().Resources[RoleArn['Fn::GetAtt'][0]];
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs.amazonaws.com' } },
    ]);
  });

  test('may make, attach and delete the volumes of tasks, and nothing else', () => {
    const template = mounted();
    expect(statementsOf(template, ROLE)).toEqual(STATEMENTS);
    expect(statementsOf(template, 'WorkerTaskRole')).toEqual([]);
    expectNothingInline(template);
  });

  test('may use that snapshot only, where there is one', () => {
    expect(statementsOf(mounted({ snapshotId: SNAPSHOT }), ROLE)).toEqual([
      STATEMENTS[0],
      CREATE_FROM_SNAPSHOT,
      ...STATEMENTS.slice(1),
    ]);
  });

  test.each<[string, Partial<EbsMountOptions>, string[], object[]]>([
    ['for an empty volume', {}, DATA, []],
    [
      'and encrypt anew what a snapshot has',
      { snapshotId: SNAPSHOT },
      [...DATA, 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      [CREATE_FROM_SNAPSHOT],
    ],
  ])('may use that key only, through EC2, %s', (_what, options, data, more) => {
    const fixture = new Fixture();
    const encryptionKey = new kms.Key(fixture.stack, 'Key');
    const template = mounted({ ...SIZE, encryptionKey, ...options }, fixture);
    const key = { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] };
    expect(statementsOf(template, ROLE)).toEqual([
      STATEMENTS[0],
      ...more,
      ...STATEMENTS.slice(1),
      ...keyStatements(key, data),
    ]);
    expectNothingInline(template);
    expectAcyclic(template);
  });

  test.each(['strong', 'weak'])('may use a key of another stack, %s references', (mode) => {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
    const data = new Stack(fixture.app, 'Data');
    const template = mounted({ ...SIZE, encryptionKey: new kms.Key(data, 'Key') }, fixture);
    expect(() => fixture.app.synth()).not.toThrow();
    expect(fixture.stack.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
    const key =
      mode === 'strong'
        ? { 'Fn::ImportValue': expect.stringMatching(/^Data:.*Key.*Arn/) }
        : {
            'Fn::GetStackOutput': expect.objectContaining({
              StackName: 'Data',
              OutputName: expect.stringMatching(/Key.*Arn/),
            }),
          };
    expect(statementsOf(template, ROLE)).toEqual([...STATEMENTS, ...keyStatements(key, DATA)]);
    const { Statement } = only(Template.fromStack(data), 'AWS::KMS::Key').Properties.KeyPolicy;
    expect(JSON.stringify(Statement)).not.toContain(ROLE);
    [template, Template.fromStack(data)].forEach(expectAcyclic);
  });

  test('has its permissions until the service is gone', () => {
    const template = mounted();
    const [policy] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      id.startsWith(ROLE),
    );
    expect(only(template, 'AWS::ECS::Service').DependsOn).toContain(policy[0]);
  });

  test('may be one of the user, which then gets nothing', () => {
    const fixture = new Fixture();
    const infrastructureRole = new InfrastructureRole(fixture.stack, 'Mine');
    const template = mounted({ ...SIZE, infrastructureRole }, fixture);
    expect(serviceOf(template).VolumeConfigurations[0].ManagedEBSVolume.RoleArn).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'],
    });
    expect(Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.startsWith(ROLE))).toEqual([]);
    expect(statementsOf(template, 'Mine')).toEqual([]);
  });

  test('may be an imported one', () => {
    const fixture = new Fixture();
    const roleArn = 'arn:aws:iam::111122223333:role/ecs-volumes';
    const infrastructureRole = iam.Role.fromRoleArn(fixture.stack, 'Theirs', roleArn);
    const template = mounted({ ...SIZE, infrastructureRole }, fixture);
    expect(serviceOf(template).VolumeConfigurations[0].ManagedEBSVolume.RoleArn).toBe(roleArn);
    expect(allowing(template, '', 'ec2:CreateVolume')).toEqual([]);
  });
});
