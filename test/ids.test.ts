import { aws_route53 as route53 } from 'aws-cdk-lib';
import { ContainerRepository, Mount, Routing, SharedFileSystem } from '../lib';
import type { Template } from './support/fixture';
import { Fixture, IMAGE } from './support/fixture';

/**
 * Logical ids of what holds data, or is known by its address. A change of one makes CloudFormation replace the
 * resource in every stack of every user: it is a breaking change, whatever the code says.
 */
const IDS: Record<string, string[]> = {
  'AWS::ECR::Repository': ['ImagesRepository2D0F5B9C'],
  'AWS::EFS::FileSystem': ['UploadsFileSystem40D36F45'],
  'AWS::EFS::AccessPoint': ['UploadsAccessPoint333e68ec6DCB845A'],
  'AWS::Logs::LogGroup': ['EcsExecLogGroupEC48B73D', 'WebLogGroup1664F270'],
  'AWS::S3::Bucket': ['WebAccessLogs024BC47D'],
  'AWS::ECS::Cluster': ['EcsClusterEAC0C105'],
  'AWS::ECS::Service': ['WebServiceD04B5F3E'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['WebLoadBalancer8E8983B1'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['WebTargetGroupFE6444AE'],
  'AWS::IAM::Role': ['WebTaskRole34E68548', 'WebExecutionRole47D082C3'],
};

const template = everything();

test.each(Object.entries(IDS))('%s keeps its logical id', (type, ids) => {
  expect(Object.keys(template.findResources(type)).sort()).toEqual([...ids].sort());
});

test.each(['AWS::ECR::Repository', 'AWS::EFS::FileSystem', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket'])(
  '%s is retained',
  (type) => {
    for (const resource of Object.values(template.findResources(type))) {
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  },
);

function everything(): Template {
  const made = new Fixture();
  new ContainerRepository(made.stack, 'Images');
  const uploads = new SharedFileSystem(made.stack, 'Uploads', { vpc: made.vpc });
  const zone = route53.HostedZone.fromHostedZoneAttributes(made.stack, 'Zone', {
    hostedZoneId: 'Z0123456789EXAMPLE',
    zoneName: 'example.com',
  });
  made.web({
    container: { image: IMAGE, mounts: [uploads.mount('/srv/uploads'), Mount.scratch('/cache')] },
    routing: Routing.domain('app.example.com', { zone }),
  });
  return made.template();
}
