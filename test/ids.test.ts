import {
  aws_ec2 as ec2,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_route53 as route53,
  aws_s3 as s3,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AddOn,
  ContainerNetwork,
  ContainerRepository,
  EksCluster,
  Ingress,
  LustreFileSystem,
  ManagedNodeGroup,
  Mount,
  NodeCapacity,
  OntapFileSystem,
  PodIdentityRole,
  Routing,
  S3FileSystem,
  SharedFileSystem,
} from '../lib';
import { Fixture, IMAGE, newApp } from './support/fixture';

/**
 * Logical ids of what holds data, or is known by its address. A change of one makes CloudFormation replace the
 * resource in every stack of every user: it is a breaking change, whatever the code says.
 */
const IDS: Record<string, string[]> = {
  'AWS::ECR::Repository': ['ImagesRepository2D0F5B9C'],
  'AWS::EFS::FileSystem': ['UploadsFileSystem40D36F45'],
  'AWS::EFS::AccessPoint': ['UploadsAccessPoint333e68ec6DCB845A'],
  'AWS::FSx::FileSystem': ['LustreFileSystem46590C25', 'OntapFileSystem57A4C962'],
  'AWS::FSx::StorageVirtualMachine': ['OntapStorageVirtualMachineE2094A73'],
  'AWS::FSx::Volume': ['OntapProjects46EF0D64'],
  'AWS::S3Files::FileSystem': ['ModelsFileSystem56C33747'],
  'AWS::S3Files::AccessPoint': ['ModelsAccessPoint36b5a61a366E6C6C'],
  'AWS::EC2::VPC': ['NetworkVpc7FB7348F', 'Vpc8378EB38'],
  'AWS::Logs::LogGroup': ['EcsExecLogGroupEC48B73D', 'NetworkFlowLogGroup4F8CEEEF', 'WebLogGroup1664F270'],
  'AWS::S3::Bucket': ['IngressAccessLogs80F9B44E', 'WebAccessLogs024BC47D'],
  'AWS::ECS::Cluster': ['EcsClusterEAC0C105'],
  'AWS::ECS::Service': ['WebServiceD04B5F3E'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['IngressLoadBalancerAE82CB09', 'WebLoadBalancer8E8983B1'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['WebTargetGroupFE6444AE'],
  'AWS::IAM::Role': [
    'ModelsRole0CB3170C',
    'NetworkFlowLogRole3857B30C',
    'WebTaskRole34E68548',
    'WebExecutionRole47D082C3',
  ],
};

const template = everything();

test.each(Object.entries(IDS))('%s keeps its logical id', (type, ids) => {
  expect(Object.keys(template.findResources(type)).sort()).toEqual([...ids].sort());
});

/** Of a cluster a new one has nothing of what the old one held, its name too, and whoever entered is out. */
const EKS_IDS: Record<string, string[]> = {
  'AWS::EKS::Cluster': ['K8sClusterC62AD325'],
  'AWS::EKS::Nodegroup': ['General17DE6C10'],
  'AWS::EKS::Addon': [
    'GeneralAddOncorednsB3ED8DB4',
    'K8sAddOnekspodidentityagentBB71485E',
    'K8sAddOnkubeproxyC8C5BD72',
    'K8sAddOnvpccniEFB9DCC6',
  ],
  'AWS::EKS::PodIdentityAssociation': ['OrdersAssociation014B043F'],
  'AWS::KMS::Key': ['K8sSecretsKeyA189155D'],
  'AWS::Logs::LogGroup': ['K8sLogsB0F7EE98'],
};

describe('a Kubernetes cluster', () => {
  const stack = new Stack(newApp(), 'Fleet');
  const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const admins = [iam.Role.fromRoleName(stack, 'Ops', 'ops')];
  const { cluster } = new EksCluster(stack, 'K8s', { vpc, version: eks.KubernetesVersion.V1_36, admins });
  const capacity = NodeCapacity.onDemand(['m7g.large']);
  new ManagedNodeGroup(stack, 'General', { cluster, capacity, maxNodes: 2, addOns: [AddOn.coreDns()] });
  new PodIdentityRole(stack, 'Orders', { cluster, namespace: 'shop', serviceAccount: 'orders' });
  const made = Template.fromStack(stack);

  test.each(Object.entries(EKS_IDS))('%s keeps its logical id', (type, ids) => {
    expect(Object.keys(made.findResources(type)).sort()).toEqual(ids);
  });

  test('has a name that its path and its stack give it', () => {
    const [name] = Object.values(made.findResources('AWS::EKS::Cluster')).map(({ Properties }) => Properties.Name);
    expect(JSON.stringify(name)).toContain('"Fleet-K8s-');
  });

  test.each(['AWS::KMS::Key', 'AWS::Logs::LogGroup'])('%s is retained', (type) => {
    made.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

test.each([
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::FSx::FileSystem',
  'AWS::FSx::StorageVirtualMachine',
  'AWS::FSx::Volume',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
])('%s is retained', (type) => {
  for (const resource of Object.values(template.findResources(type))) {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
});

function everything(): Template {
  const made = new Fixture();
  const bucket = s3.Bucket.fromBucketName(made.stack, 'Bucket', 'models');
  const models = new S3FileSystem(made.stack, 'Models', { vpc: made.vpc, bucket });
  new LustreFileSystem(made.stack, 'Lustre', { vpc: made.vpc });
  const ontap = new OntapFileSystem(made.stack, 'Ontap', { vpc: made.vpc, storageCapacity: Size.tebibytes(1) });
  ontap.addVolume('Projects', { junctionPath: '/projects', size: Size.gibibytes(100) });
  new ContainerRepository(made.stack, 'Images');
  const uploads = new SharedFileSystem(made.stack, 'Uploads', { vpc: made.vpc });
  const zone = route53.HostedZone.fromHostedZoneAttributes(made.stack, 'Zone', {
    hostedZoneId: 'Z0123456789EXAMPLE',
    zoneName: 'example.com',
  });
  made.web({
    container: {
      image: IMAGE,
      mounts: [uploads.mount('/srv/uploads'), models.mount('/models', { readOnly: true }), Mount.scratch('/cache')],
    },
    routing: Routing.domain('app.example.com', { zone }),
  });
  new Ingress(made.stack, 'Ingress', { vpc: made.vpc, domain: { zone, names: ['example.com'] } });
  new ContainerNetwork(made.stack, 'Network', { restrictDefaultSecurityGroup: false });
  return made.template();
}
