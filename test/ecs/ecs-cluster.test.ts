import { aws_ecs as ecs, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import { EcsCluster } from '../../lib';
import { Fixture, Match, only, Template } from '../support/fixture';

describe('EcsCluster', () => {
  test('associates Fargate and Fargate Spot', () => {
    new Fixture().template().hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
  });

  test('turns Container Insights on, as the value that Control Tower wants', () => {
    new Fixture().template().hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
  });

  test('takes another kind of Container Insights', () => {
    const { stack, vpc } = new Fixture();
    new EcsCluster(stack, 'Other', { vpc, containerInsights: ecs.ContainerInsights.ENHANCED });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }],
    });
  });

  test('writes what ECS Exec does to a log group that is kept for a year', () => {
    const template = new Fixture().template();
    const group = only(template, 'AWS::Logs::LogGroup');
    expect(group.Properties.RetentionInDays).toBe(365);
    template.hasResourceProperties('AWS::ECS::Cluster', {
      Configuration: {
        ExecuteCommandConfiguration: {
          Logging: 'OVERRIDE',
          LogConfiguration: { CloudWatchLogGroupName: { Ref: group.id } },
        },
      },
    });
  });

  test('encrypts sessions and their log with a key that CloudWatch Logs may use', () => {
    const { stack, vpc } = new Fixture();
    const key = new kms.Key(stack, 'Key');
    new EcsCluster(stack, 'Keyed', { vpc, execEncryptionKey: key, execLogRetention: logs.RetentionDays.ONE_MONTH });
    const template = Template.fromStack(stack);
    const { id } = only(template, 'AWS::KMS::Key');
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [id, 'Arn'] },
    });
    template.hasResourceProperties('AWS::ECS::Cluster', {
      Configuration: {
        ExecuteCommandConfiguration: {
          KmsKeyId: { 'Fn::GetAtt': [id, 'Arn'] },
          LogConfiguration: { CloudWatchEncryptionEnabled: true },
        },
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
            Condition: { ArnLike: Match.anyValue() },
          }),
        ]),
      },
    });
  });
});
