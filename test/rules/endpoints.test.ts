import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import {
  actionsOfManagedPolicy,
  CLUSTER_ENDPOINTS,
  endpointsOfActions,
  ENDPOINTS,
  IMAGE_ENDPOINTS,
  INSTANCE_ENDPOINTS,
  isPublicImage,
} from '../../lib/rules/endpoints';

describe('the table of endpoints', () => {
  const names = Object.keys(ENDPOINTS);
  const known = (owner: object) =>
    Object.values(Object.getOwnPropertyDescriptors(owner)).map(({ value }) => value?.shortName as string | undefined);

  test('has names that CDK knows', () => {
    const interfaces = known(ec2.InterfaceVpcEndpointAwsService);
    expect(names.filter((name) => !interfaces.includes(name))).toEqual(['s3express']);
  });

  test('has the gateways, which cost nothing', () => {
    expect(names.filter((name) => ENDPOINTS[name]?.gateway)).toEqual(['s3', 'dynamodb', 's3express']);
  });

  test('leaves the policy of AWS where other principals may call, or policies are refused', () => {
    expect(names.filter((name) => ENDPOINTS[name]?.foreignRequests === 'unknown')).toEqual([
      's3express',
      'cognito-idp',
      'cognito-identity',
      'ecs-agent',
      'ecs-telemetry',
      'eks',
      'eks-auth',
      'aps',
      'aps-workspaces',
      'email',
    ]);
    expect(ENDPOINTS.s3?.foreignRequests).toBe('layers');
    expect(ENDPOINTS.sts?.foreignRequests).toBe('federation');
  });

  test('has all that images, instances and clusters take', () => {
    const taken = [...IMAGE_ENDPOINTS, ...INSTANCE_ENDPOINTS, ...CLUSTER_ENDPOINTS];
    expect(taken.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('endpointsOfActions', () => {
  test.each<[actions: string[], endpoints: string[]]>([
    [['sqs:ReceiveMessage', 'sqs:DeleteMessage'], ['sqs']],
    [['SQS:*'], ['sqs']],
    [['s3:GetObject*', 's3:List*'], ['s3']],
    [['dynamodb:GetItem'], ['dynamodb']],
    [
      ['dynamodb:GetRecords', 'dynamodb:ListStreams', 'dynamodb:DescribeStream', 'dynamodb:GetShardIterator'],
      ['dynamodb-streams'],
    ],
    [['cloudwatch:PutMetricData'], ['monitoring']],
    [['kinesis:PutRecords'], ['kinesis-streams']],
    [['firehose:PutRecord'], ['kinesis-firehose']],
    [['ses:SendEmail'], ['email']],
    [['states:StartExecution'], ['states']],
    [['states:StartSyncExecution'], ['sync-states']],
    [['bedrock:InvokeModelWithResponseStream'], ['bedrock-runtime']],
    [['bedrock:Retrieve'], ['bedrock-agent-runtime']],
    [['bedrock:ListFoundationModels'], ['bedrock']],
    [['appconfig:GetLatestConfiguration'], ['appconfigdata']],
    [['aps:RemoteWrite'], ['aps-workspaces']],
    [['sagemaker:InvokeEndpoint'], ['sagemaker.runtime']],
    [['servicediscovery:DiscoverInstances'], ['data-servicediscovery']],
    [['ecr:GetAuthorizationToken'], ['ecr.api', 'ecr.dkr', 's3']],
    [['ecs:Poll'], ['ecs-agent']],
    [['ecs:StartTelemetrySession'], ['ecs-telemetry']],
    [['ecs:DiscoverPollEndpoint'], ['ecs']],
    [['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'], []],
    [['elasticfilesystem:DescribeMountTargets'], ['elasticfilesystem']],
    [['s3files:ClientMount', 'rds-db:connect', 'kafka-cluster:Connect', '*'], []],
  ])('%j needs %j', (actions, endpoints) => {
    expect(endpointsOfActions(actions)).toEqual(endpoints);
  });

  test('a key beside what it encrypts needs none: services call AWS KMS themselves', () => {
    const use = ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:Encrypt', 'kms:DescribeKey'];
    expect(endpointsOfActions(['sqs:SendMessage', ...use])).toEqual(['sqs']);
    expect(endpointsOfActions(use)).toEqual(['kms']);
    expect(endpointsOfActions(['rds-db:connect', ...use])).toEqual(['kms']);
    expect(endpointsOfActions(['sqs:SendMessage', 'kms:Sign'])).toEqual(['sqs', 'kms']);
  });
});

test('the managed policies of AWS that roles have most often are known', () => {
  const arn = (name: string) => `arn:aws:iam::aws:policy/service-role/${name}`;
  const endpoints = (name: string) => endpointsOfActions([...actionsOfManagedPolicy(arn(name))]);
  expect(endpoints('AmazonECSTaskExecutionRolePolicy')).toEqual([...IMAGE_ENDPOINTS, 'logs']);
  expect(endpoints('AmazonEC2ContainerServiceforEC2Role')).toEqual([...INSTANCE_ENDPOINTS, ...IMAGE_ENDPOINTS, 'logs']);
  expect(endpoints('AmazonSSMManagedInstanceCore')).toEqual(['ssm', 'ssmmessages', 'ec2messages']);
  expect(endpoints('CloudWatchAgentServerPolicy')).toEqual(['monitoring', 'logs', 'xray', 'ssm']);
  expect(endpoints('AWSXRayDaemonWriteAccess')).toEqual(['xray']);
  expect(endpoints('AdministratorAccess')).toEqual([]);
});

describe('isPublicImage', () => {
  test.each([
    'nginx',
    'nginx:1.29',
    'library/nginx',
    'grafana/grafana:12.0',
    'docker.io/library/nginx',
    'public.ecr.aws/nginx/nginx:1.29',
    'ghcr.io/owner/image',
    'quay.io/a/b',
    'europe-docker.pkg.dev/project/a/b',
    'mcr.microsoft.com/dotnet/runtime:9.0',
  ])('%s is pulled over the internet', (image) => {
    expect(isPublicImage(image)).toBe(true);
  });

  test.each([
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1',
    'registry.example.com/shop:1',
    'registry:5000/shop',
    'localhost/shop',
  ])('%s may be in the network', (image) => {
    expect(isPublicImage(image)).toBe(false);
  });
});
