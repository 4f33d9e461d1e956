import {
  Stack,
  aws_autoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_servicediscovery as cloudmap,
  aws_sqs as sqs,
  aws_ssm as ssm,
} from 'aws-cdk-lib';
import { Capacity, WorkerService, WorkloadEndpoints } from '../../lib';
import { ecrImage, isolatedVpc, namesOf } from '../support/endpoints';
import type { PrivateFixture } from '../support/endpoints';
import { Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { bareTask, FARGATE, IMAGES, INSTANCES, neededBy, theirRole, THEIRS, USUAL, worker } from '../support/needs';
import { newManaged, newPool } from '../support/pools';
import { all } from '../support/resources';

describe('images and output', () => {
  test('an intent with an image of ECR pulls it and writes its log', () => {
    expect(neededBy((fixture) => fixture.web())).toEqual(USUAL);
  });

  test.each<[string, (fixture: PrivateFixture) => ecs.ContainerImage]>([
    [
      'a repository of the stack',
      ({ stack }) => ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Own')),
    ],
    ['a directory', () => ecs.ContainerImage.fromAsset('examples/web-service/app')],
    ['a name of ECR', () => ecs.ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1')],
    [
      'a token',
      ({ stack }) => ecs.ContainerImage.fromRegistry(ssm.StringParameter.valueForStringParameter(stack, '/i')),
    ],
  ])('a bare task with the image of %s pulls it', (_what, image) => {
    expect(neededBy((fixture) => bareTask(fixture, image(fixture)).task)).toEqual(IMAGES);
  });

  test('an image of the internet has no endpoint', () => {
    const image = ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29');
    expect(neededBy((fixture) => worker(fixture, { container: { image } }))).toEqual(['logs']);
  });

  test('a registry of the network has none, and its password is read', () => {
    const image = (stack: Stack) =>
      ecs.ContainerImage.fromRegistry('registry.example.com/shop:1', {
        credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'Registry', 'registry'),
      });
    expect(neededBy((fixture) => bareTask(fixture, image(fixture.stack)).task)).toEqual(['secretsmanager']);
  });

  test('another log driver writes nothing to CloudWatch Logs, and its secrets are read', () => {
    const make = (fixture: PrivateFixture) => {
      const { stack } = fixture;
      const { task } = bareTask(fixture, ecrImage(stack));
      const token = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Token', {
        parameterName: '/token',
      });
      const logging = ecs.LogDrivers.splunk({ url: 'https://splunk', secretToken: ecs.Secret.fromSsmParameter(token) });
      task.addContainer('second', { image: ecrImage(stack), logging });
      return task;
    };
    expect(neededBy(make)).toEqual([...IMAGES, 'ssm'].sort());
  });

  test('environment files are read from S3', () => {
    const make = (fixture: PrivateFixture) => {
      const { stack } = fixture;
      const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'settings');
      const { task } = bareTask(fixture, THEIRS, { ...FARGATE, executionRole: theirRole(stack) });
      const environmentFiles = [ecs.EnvironmentFile.fromBucket(bucket, 'shop.env')];
      task.addContainer('second', { image: THEIRS, environmentFiles });
      return task;
    };
    expect(neededBy(make)).toEqual(['s3']);
  });
});

describe('secrets', () => {
  test.each<[string, (stack: Stack) => ecs.Secret, string]>([
    [
      'a secret',
      (stack) => ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')),
      'secretsmanager',
    ],
    [
      'a secret with a key of its own',
      (stack) =>
        ecs.Secret.fromSecretsManager(
          new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') }),
        ),
      'secretsmanager',
    ],
    [
      'an imported secret',
      (stack) => ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'x'), 'key'),
      'secretsmanager',
    ],
    [
      'a parameter',
      (stack) => ecs.Secret.fromSsmParameter(new ssm.StringParameter(stack, 'Parameter', { stringValue: 'x' })),
      'ssm',
    ],
  ])('%s is read when the task starts', (_what, secret, endpoint) => {
    const make = (fixture: PrivateFixture) => worker(fixture, { secrets: { VALUE: secret(fixture.stack) } });
    expect(neededBy(make)).toEqual([...USUAL, endpoint].sort());
  });

  test.each<[string, (stack: Stack) => ecs.Secret, string]>([
    [
      'a secret',
      (stack) => ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')),
      'secretsmanager',
    ],
    [
      'an imported secret',
      (stack) => ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'x')),
      'secretsmanager',
    ],
    [
      'a parameter',
      (stack) => ecs.Secret.fromSsmParameter(new ssm.StringParameter(stack, 'Parameter', { stringValue: 'x' })),
      'ssm',
    ],
    [
      'an imported parameter',
      (stack) =>
        ecs.Secret.fromSsmParameter(
          ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Parameter', { parameterName: '/x' }),
        ),
      'ssm',
    ],
  ])('%s is seen without the permissions of an execution role, too', (_what, secret, endpoint) => {
    const make = (fixture: PrivateFixture) => {
      const { stack } = fixture;
      const { task } = bareTask(fixture, THEIRS, { ...FARGATE, executionRole: theirRole(stack) });
      task.addContainer('second', { image: THEIRS, secrets: { VALUE: secret(stack) } });
      return task;
    };
    expect(neededBy(make)).toEqual([endpoint]);
  });
});

describe('services', () => {
  test('ECS Exec has sessions', () => {
    const make = (fixture: PrivateFixture) => {
      const container = { image: ecrImage(fixture.stack), writableRootFilesystem: true };
      return worker(fixture, { container, allowExec: true });
    };
    expect(neededBy(make)).toEqual([...USUAL, 'ssmmessages'].sort());
  });

  test('ECS Exec with a key encrypts them itself', () => {
    const make = (fixture: PrivateFixture) => {
      const { stack, vpc } = fixture;
      const cluster = new ecs.Cluster(stack, 'Encrypting', {
        vpc,
        enableFargateCapacityProviders: true,
        executeCommandConfiguration: { kmsKey: new kms.Key(stack, 'Key') },
      });
      const { task } = bareTask(fixture, ecrImage(stack));
      return new ecs.FargateService(stack, 'Bare', { cluster, taskDefinition: task, enableExecuteCommand: true });
    };
    expect(neededBy(make)).toEqual([...IMAGES, 'kms', 'ssmmessages'].sort());
  });

  test('Service Connect sets up its proxy, and may write a log', () => {
    const make = (fixture: PrivateFixture) => {
      const { stack, cluster } = fixture;
      const namespace = new cloudmap.HttpNamespace(stack, 'Namespace', { name: 'shop' });
      const { task } = bareTask(fixture, ecrImage(stack));
      const logGroup = new logs.LogGroup(stack, 'Proxy');
      return new ecs.FargateService(stack, 'Bare', {
        cluster,
        taskDefinition: task,
        serviceConnectConfiguration: {
          namespace: namespace.namespaceName,
          logDriver: ecs.LogDrivers.awsLogs({ streamPrefix: 'proxy', logGroup }),
        },
      });
    };
    expect(neededBy(make)).toEqual([...IMAGES, 'ecs-agent', 'logs'].sort());
  });

  test('the L1 of a service is enough', () => {
    const make = (fixture: PrivateFixture) => {
      const { task } = bareTask(fixture, ecrImage(fixture.stack));
      return new ecs.CfnService(fixture.stack, 'Bare', { taskDefinition: task.taskDefinitionArn });
    };
    expect(neededBy(make)).toEqual(IMAGES);
  });

  test('a whole stack is a workload', () => {
    const make = (fixture: PrivateFixture) => {
      fixture.web();
      new sqs.Queue(fixture.stack, 'Queue').grantConsumeMessages(worker(fixture));
      return fixture.stack;
    };
    expect(neededBy(make)).toEqual([...USUAL, 'sqs'].sort());
  });
});

describe('instances', () => {
  test('a pool joins its cluster, and pulls for its tasks', () => {
    expect(neededBy((fixture) => newPool(fixture))).toEqual([...USUAL, ...INSTANCES].sort());
  });

  test('sessions on a pool go through Systems Manager', () => {
    const sessions = ['ssm', 'ssmmessages'];
    const make = (fixture: PrivateFixture) => newPool(fixture, { allowSessions: true });
    expect(neededBy(make)).toEqual([...USUAL, ...INSTANCES, ...sessions].sort());
  });

  test('Managed Instances are instances', () => {
    expect(neededBy((fixture) => newManaged(fixture))).toEqual([...USUAL, ...INSTANCES].sort());
  });

  test('a bare group is one, and its role counts', () => {
    const make = ({ stack, vpc }: PrivateFixture) => {
      const role = new iam.Role(stack, 'Role', {
        assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
      });
      return new autoscaling.AutoScalingGroup(stack, 'Group', {
        vpc,
        role,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        instanceType: new ec2.InstanceType('m7i.large'),
        machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
      });
    };
    const core = ['ec2messages', 'ssm', 'ssmmessages'];
    expect(neededBy(make)).toEqual([...USUAL, ...INSTANCES, ...core].sort());
  });

  test('the providers of Fargate are none', () => {
    const make = (fixture: PrivateFixture) => {
      new ecs.CfnCapacityProvider(fixture.stack, 'Provider', {});
      fixture.web({ capacity: Capacity.fargateSpot() });
      return fixture.stack;
    };
    expect(neededBy(make)).toEqual(USUAL);
  });
});

test('tasks on machines of others are in no VPC', () => {
  const make = (fixture: PrivateFixture) => {
    const outside = new WorkerService(fixture.stack, 'Outside', {
      cluster: fixture.cluster,
      capacity: Capacity.external(),
      container: { image: ecrImage(fixture.stack) },
    });
    new sqs.Queue(fixture.stack, 'Queue').grantConsumeMessages(outside);
    fixture.web();
    return fixture.stack;
  };
  expect(neededBy(make)).toEqual(USUAL);
});

test('a cluster of EKS needs what its nodes and add-ons call, and does not wait', () => {
  const stack = new Stack();
  const vpc = isolatedVpc(stack);
  const cluster = new eks.Cluster(stack, 'Kubernetes', {
    version: eks.KubernetesVersion.V1_33,
    vpc,
    vpcSubnets: [{ subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    endpointAccess: eks.EndpointAccess.PRIVATE,
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
  });
  // Nodes of the user's own: no machines of ECS.
  new autoscaling.CfnAutoScalingGroup(cluster, 'Nodes', { minSize: '0', maxSize: '1' });
  const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [cluster] });
  const more = ['autoscaling', 'ec2', 'eks', 'eks-auth', 'elasticloadbalancing', 'sts'];
  expect(namesOf(endpoints)).toEqual([...USUAL, ...more].sort());

  const template = Template.fromStack(stack);
  expectAcyclic(template);
  const rules = all(template, 'AWS::EC2::SecurityGroupIngress').filter(({ FromPort }) => FromPort === 443);
  const groups = cluster.connections.securityGroups.map(({ securityGroupId }) => stack.resolve(securityGroupId));
  expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(groups);
});
