import { aws_ec2 as ec2, aws_ecs as ecs, Stack, Stage } from 'aws-cdk-lib';
import type { App, aws_iam as iam } from 'aws-cdk-lib';
import { SharedFileSystem, TaskRole } from '../../../lib';
import type { Mount } from '../../../lib';
import { Fixture, IMAGE, newApp, only, Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing } from '../../support/policies';

const POINTS = 'AWS::EFS::AccessPoint';
const RULES = 'AWS::EC2::SecurityGroupIngress';
const NFS = { Properties: { FromPort: 2049 } };

describe('a mount of a bare L2 service', () => {
  test('is complete, with permissions on the role that the user made', () => {
    const { stack, vpc } = new Fixture();
    const uploads = new SharedFileSystem(stack, 'Uploads', { vpc });
    const taskRole = new TaskRole(stack, 'Role');
    bare(stack, vpc, [uploads.mount('/srv')], { taskRole });
    const template = Template.fromStack(stack);
    const service = only(template, 'AWS::ECS::Service');
    expect(service.DependsOn).toEqual(
      expect.arrayContaining([
        ...Object.keys(template.findResources('AWS::EFS::MountTarget')),
        ...Object.keys(template.findResources(RULES, NFS)),
      ]),
    );
    expect(allowing(template, 'Role', 'elasticfilesystem:ClientMount')).toHaveLength(1);
    const task = only(template, 'AWS::ECS::TaskDefinition').Properties;
    expect(task.Volumes[0].EFSVolumeConfiguration).toMatchObject({
      TransitEncryption: 'ENABLED',
      AuthorizationConfig: { IAM: 'ENABLED' },
    });
    expect(task.ContainerDefinitions[0].MountPoints).toEqual([
      { ContainerPath: '/srv', ReadOnly: false, SourceVolume: task.Volumes[0].Name },
    ]);
    expectAcyclic(template);
  });

  test('puts permissions on an ordinary role too', () => {
    const { stack, vpc } = new Fixture();
    const uploads = new SharedFileSystem(stack, 'Uploads', { vpc });
    bare(stack, vpc, [uploads.mount('/srv')]);
    const { PolicyDocument } = only(Template.fromStack(stack), 'AWS::IAM::Policy').Properties;
    expect(PolicyDocument.Statement[0].Action).toContain('elasticfilesystem:ClientMount');
    expectAcyclic(Template.fromStack(stack));
  });

  test('needs no dependent: a security group is enough as client', () => {
    const { stack, vpc } = new Fixture();
    const uploads = new SharedFileSystem(stack, 'Uploads', { vpc });
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    const target = {
      container: task.addContainer('app', { image: IMAGE }),
      client: new ec2.SecurityGroup(stack, 'Tasks', { vpc }),
    };
    uploads.mount('/srv').bind(stack, target);
    expect(Object.keys(Template.fromStack(stack).findResources(RULES, NFS))).toHaveLength(1);
  });

  test('lets two containers of one task mount one directory', () => {
    const { stack, vpc } = new Fixture();
    const uploads = new SharedFileSystem(stack, 'Uploads', { vpc });
    const service = bare(stack, vpc, [uploads.mount('/srv')]);
    const sidecar = service.taskDefinition.addContainer('sidecar', { image: IMAGE });
    uploads
      .mount('/data', { directory: '/srv', readOnly: true })
      .bind(stack, { container: sidecar, client: service, dependent: service });
    const template = Template.fromStack(stack);
    const point = { Ref: only(template, POINTS).id };
    const { Volumes, ContainerDefinitions } = only(template, 'AWS::ECS::TaskDefinition').Properties;
    expect(Volumes.map((volume: any) => volume.EFSVolumeConfiguration.AuthorizationConfig.AccessPointId)).toEqual([
      point,
      point,
    ]);
    expect(new Set(Volumes.map((volume: { Name: string }) => volume.Name)).size).toBe(2);
    expect(ContainerDefinitions.map((one: any) => one.MountPoints[0])).toEqual([
      { ContainerPath: '/srv', ReadOnly: false, SourceVolume: Volumes[0].Name },
      { ContainerPath: '/data', ReadOnly: true, SourceVolume: Volumes[1].Name },
    ]);
    expect(Object.keys(template.findResources(RULES, NFS))).toHaveLength(1);
    expectAcyclic(template);
  });

  test('names the volumes of two containers apart, whatever their names', () => {
    const { stack, vpc } = new Fixture();
    const uploads = new SharedFileSystem(stack, 'Uploads', { vpc });
    const service = bare(stack, vpc, [uploads.mount('/b-c')]);
    const other = service.taskDefinition.addContainer('app-b', { image: IMAGE });
    uploads.mount('/c').bind(stack, { container: other, client: service });
    const { Volumes } = only(Template.fromStack(stack), 'AWS::ECS::TaskDefinition').Properties;
    expect(new Set(Volumes.map((volume: { Name: string }) => volume.Name)).size).toBe(2);
  });

  test('keeps the logical id of its access point when the app moves into a stage, in either stack', () => {
    const ids = (scope: App | Stage) => {
      const shop = new Stack(scope, 'Shop');
      const vpc = new ec2.Vpc(shop, 'Vpc', { restrictDefaultSecurityGroup: false });
      const uploads = new SharedFileSystem(shop, 'Uploads', { vpc });
      const stacks = [shop, new Stack(scope, 'Web')];
      stacks.forEach((stack) => bare(stack, vpc, [uploads.mount('/srv')]));
      return stacks.map((stack) => only(Template.fromStack(stack), POINTS).id);
    };
    expect(ids(new Stage(newApp(), 'Production'))).toEqual(ids(newApp()));
  });
});

/** A service that only CDK's own L2s made, with mounts. */
function bare(stack: Stack, vpc: ec2.IVpc, mounts: Mount[], props: { taskRole?: iam.IRole } = {}): ecs.FargateService {
  const cluster = new ecs.Cluster(stack, 'Bare', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', props);
  const app = taskDefinition.addContainer('app', { image: IMAGE });
  const service = new ecs.FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
  mounts.forEach((mount) => mount.bind(stack, { container: app, client: service, dependent: service }));
  return service;
}
