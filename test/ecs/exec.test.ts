import { aws_ecs as ecs, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { WebServiceProps } from '../../lib';
import { Fixture, IMAGE, Match } from '../support/fixture';
import { statementsOf } from '../support/policies';
import { idOf, taskOf } from '../support/resources';

const WRITABLE = { image: IMAGE, writableRootFilesystem: true };

describe('ECS Exec', () => {
  const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
    (action) => `ssmmessages:${action}`,
  );
  const toGroup = (id: string) => ({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    Resource: { 'Fn::GetAtt': [id, 'Arn'] },
  });
  const anywhere = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });

  function exec(props: (fixture: Fixture) => Partial<WebServiceProps> = () => ({})) {
    const fixture = new Fixture();
    const web = fixture.web({ container: WRITABLE, allowExec: true, ...props(fixture) });
    const template = fixture.template();
    return { fixture, web, template, statements: statementsOf(template, 'WebTaskRole') };
  }
  const cluster = ({ stack, vpc }: Fixture, executeCommandConfiguration: ecs.ExecuteCommandConfiguration) => ({
    cluster: new ecs.Cluster(stack, 'Audited', {
      vpc,
      enableFargateCapacityProviders: true,
      executeCommandConfiguration,
    }),
  });

  test('is off unless asked for', () => {
    const fixture = new Fixture();
    fixture.web({ container: WRITABLE });
    const template = fixture.template();
    template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: Match.absent() });
    expect(JSON.stringify(template.toJSON())).not.toContain('ssmmessages');
  });

  test('is on with an init process that reaps what shells leave', () => {
    const { template } = exec();
    template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    expect(taskOf(template).ContainerDefinitions[0].LinuxParameters.InitProcessEnabled).toBe(true);
  });

  test('may open channels and write to the audit log of the cluster, and nothing else', () => {
    const { fixture, statements } = exec();
    const audit = fixture.cluster.executeCommandConfiguration!.logConfiguration!
      .cloudWatchLogGroup as unknown as IConstruct;
    expect(statements).toEqual([anywhere('logs:DescribeLogGroups', ...CHANNELS), toGroup(idOf(audit))]);
  });

  test('writes to the log group of the service when the cluster has no audit log', () => {
    const { web, statements } = exec(({ stack, vpc }) => ({
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc }),
    }));
    expect(statements).toEqual([anywhere('logs:DescribeLogGroups', ...CHANNELS), toGroup(idOf(web.logGroup!))]);
  });

  test('may write no log when the cluster wants none', () => {
    const { statements } = exec((fixture) => cluster(fixture, { logging: ecs.ExecuteCommandLogging.NONE }));
    expect(statements).toEqual([anywhere(...CHANNELS)]);
  });

  test('may write to the audit bucket of the cluster and use its key', () => {
    const { fixture, statements } = exec((given) =>
      cluster(given, {
        kmsKey: new kms.Key(given.stack, 'Key'),
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: { s3Bucket: new s3.Bucket(given.stack, 'Audit'), s3KeyPrefix: 'exec' },
      }),
    );
    const bucket = { Ref: idOf(fixture.stack.node.findChild('Audit')) };
    const arn = (...tail: string[]) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket, ...tail]],
    });
    expect(statements).toEqual([
      anywhere(...CHANNELS),
      { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:GetEncryptionConfiguration'], Resource: arn() },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: arn('/exec/*') },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: { 'Fn::GetAtt': [idOf(fixture.stack.node.findChild('Key')), 'Arn'] },
      },
    ]);
  });
});
