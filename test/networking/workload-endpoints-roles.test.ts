import {
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { TaskRole } from '../../lib';
import { ecrImage } from '../support/endpoints';
import type { PrivateFixture } from '../support/endpoints';
import { bareTask, IMAGES, neededBy, USUAL, worker } from '../support/needs';

describe('roles', () => {
  const grants: [string, (stack: Stack, role: iam.IGrantable) => void, string[]][] = [
    ['a queue', (stack, role) => new sqs.Queue(stack, 'Queue').grantConsumeMessages(role), ['sqs']],
    [
      'an encrypted queue',
      (stack, role) =>
        new sqs.Queue(stack, 'Queue', { encryptionMasterKey: new kms.Key(stack, 'Key') }).grantConsumeMessages(role),
      ['sqs'],
    ],
    ['a key alone', (stack, role) => new kms.Key(stack, 'Key').grantEncryptDecrypt(role), ['kms']],
    ['a secret', (stack, role) => new secretsmanager.Secret(stack, 'Secret').grantRead(role), ['secretsmanager']],
    [
      'metrics',
      (_stack, role) =>
        iam.Grant.addToPrincipal({ grantee: role, actions: ['cloudwatch:PutMetricData'], resourceArns: ['*'] }),
      ['monitoring'],
    ],
  ];

  test.each(grants)('%s on an intent', (_what, grant, more) => {
    const make = (fixture: PrivateFixture) => {
      const made = worker(fixture);
      grant(fixture.stack, made);
      return made;
    };
    expect(neededBy(make)).toEqual([...USUAL, ...more].sort());
  });

  test.each(grants)('%s on a bare task, whose service is named', (_what, grant, more) => {
    const make = (fixture: PrivateFixture) => {
      const { task } = bareTask(fixture, ecrImage(fixture.stack));
      grant(fixture.stack, task.taskRole);
      return new ecs.FargateService(fixture.stack, 'Bare', { cluster: fixture.cluster, taskDefinition: task });
    };
    expect(neededBy(make)).toEqual([...IMAGES, ...more].sort());
  });

  /** A worker with a task role of the user's. */
  const withRole = (role: (stack: Stack) => iam.IRole) => (fixture: PrivateFixture) =>
    worker(fixture, { taskRole: role(fixture.stack) });
  const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
  const send = () => new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] });

  test.each<[string, (stack: Stack) => iam.IRole]>([
    [
      'an inline policy',
      (stack) =>
        new iam.Role(stack, 'Role', {
          assumedBy,
          inlinePolicies: { Send: new iam.PolicyDocument({ statements: [send()] }) },
        }),
    ],
    [
      'a managed policy of the app that names the role',
      (stack) => {
        const role = new iam.Role(stack, 'Role', { assumedBy });
        new iam.ManagedPolicy(stack, 'Policy', { roles: [role], statements: [send()] });
        return role;
      },
    ],
    [
      'a managed policy of the app that the role names',
      (stack) => {
        const policy = new iam.ManagedPolicy(stack, 'Policy', { statements: [send()] });
        return new iam.Role(stack, 'Role', { assumedBy, managedPolicies: [policy] });
      },
    ],
    [
      'a grant to an imported role',
      (stack) => {
        const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/team/theirs');
        role.addToPrincipalPolicy(send());
        return role;
      },
    ],
    [
      'a task role of the library beside the service',
      (stack) => {
        const role = new TaskRole(stack, 'Role');
        role.addToPrincipalPolicy(send());
        return role;
      },
    ],
  ])('%s counts', (_what, role) => {
    expect(neededBy(withRole(role))).toEqual([...USUAL, 'sqs'].sort());
  });

  test('a managed policy of AWS counts, when it is one that is known', () => {
    const role = (stack: Stack) =>
      new iam.Role(stack, 'Role', {
        assumedBy,
        managedPolicies: [
          iam.ManagedPolicy.fromAwsManagedPolicyName('AWSXRayDaemonWriteAccess'),
          iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSQSFullAccess'),
        ],
      });
    expect(neededBy(withRole(role))).toEqual([...USUAL, 'xray'].sort());
  });

  test('what is denied, and what others may do, does not count', () => {
    const role = (stack: Stack) => {
      const mine = new iam.Role(stack, 'Role', { assumedBy });
      const deny = new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sqs:*'], resources: ['*'] });
      const notActions = new iam.PolicyStatement({ notActions: ['sns:*'], resources: ['*'] });
      new iam.ManagedPolicy(stack, 'Policy', { roles: [mine], statements: [deny, notActions] });
      const other = new iam.Role(stack, 'Other', { assumedBy });
      new iam.ManagedPolicy(stack, 'OtherPolicy', { roles: [other], statements: [send()] });
      return mine;
    };
    expect(neededBy(withRole(role))).toEqual(USUAL);
  });
});
