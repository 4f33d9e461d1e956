import { aws_ec2 as ec2, aws_efs as efs, Stack } from 'aws-cdk-lib';
import { SharedFileSystem, TaskRole } from '../../lib';
import type { SharedFileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Files, mounted, nfsRules } from '../support/files';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { statementsOf } from '../support/policies';

/** Defects of the L2s of EFS and ECS, each reproduced with aws-cdk-lib 2.276.0: none of them occurs here. */
describe('defects of mounts of EFS on bare L2s', () => {
  const template = mounted();
  const policy = () => only(template, 'AWS::EFS::FileSystem').Properties.FileSystemPolicy;
  const volumes = () => only(template, 'AWS::ECS::TaskDefinition').Properties.Volumes;

  // https://github.com/aws/aws-cdk/issues/36224
  test('1: the policy allows everybody to write and be root, and nobody to mount', () => {
    const files = new Files();
    const role = new TaskRole(files.stack, 'Role');
    files.uploads.fileSystem.grantReadWrite(role);
    files.mounting([files.uploads.mount('/srv')]);
    const made = files.template();
    const { Statement } = only(made, 'AWS::EFS::FileSystem').Properties.FileSystemPolicy;
    expect(Statement.map((statement: { Effect: string }) => statement.Effect)).toEqual(['Deny', 'Deny']);
    expect(statementsOf(made, 'WebTaskRole').flatMap((statement) => statement.Action)).toContain(
      'elasticfilesystem:ClientMount',
    );
  });

  test('2: no policy at all, so that anonymous root gets in wherever the network lets it', () => {
    const denied = policy().Statement.map((statement: { Condition: unknown }) => statement.Condition);
    expect(denied).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } },
    ]);
    const stack = new Stack(newApp({ '@aws-cdk/aws-efs:denyAnonymousAccess': false }), 'NoFlag');
    new SharedFileSystem(stack, 'Uploads', { vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(only(Template.fromStack(stack), 'AWS::EFS::FileSystem').Properties.FileSystemPolicy).toEqual(policy());
  });

  // https://github.com/aws/aws-cdk/issues/27690
  test('3: a policy that names an access point makes a cycle', () => {
    expect(JSON.stringify(policy())).not.toMatch(/AccessPoint|Ref|GetAtt/);
    const [statement] = statementsOf(template, 'WebTaskRole');
    expect(JSON.stringify(statement.Condition)).toContain(`{"Ref":"${only(template, 'AWS::EFS::AccessPoint').id}"}`);
    expectAcyclic(template);
  });

  // The same family as https://github.com/aws/aws-cdk/issues/18759
  test.each(['strong', 'weak'])('4: a cycle when the service is in another stack, %s references', (mode) => {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
    const uploads = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
    const stack = new Stack(fixture.app, 'Web');
    fixture.web({ container: { image: IMAGE, mounts: [uploads.mount('/srv')] } }, stack);
    expect(() => fixture.app.synth()).not.toThrow();
    expect(Object.keys(nfsRules(Template.fromStack(stack)))).toHaveLength(1);
    expect(nfsRules(fixture.template())).toEqual({});
  });

  test('5: the service does not wait for the mount targets', () => {
    const targets = Object.keys(template.findResources('AWS::EFS::MountTarget'));
    expect(targets.length).toBeGreaterThan(0);
    expect(only(template, 'AWS::ECS::Service').DependsOn).toEqual(expect.arrayContaining(targets));
  });

  test('6: IAM without TLS, a root directory beside an access point, a mount point without its volume', () => {
    const [{ Name, EFSVolumeConfiguration }, ...others] = volumes();
    expect(others).toEqual([]);
    expect(EFSVolumeConfiguration.TransitEncryption).toBe('ENABLED');
    expect(EFSVolumeConfiguration.AuthorizationConfig.IAM).toBe('ENABLED');
    expect(EFSVolumeConfiguration.RootDirectory).toBeUndefined();
    const [{ MountPoints }] = only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(MountPoints.map((point: { SourceVolume: string }) => point.SourceVolume)).toEqual([Name]);
  });

  test.each<[string, Partial<SharedFileSystemProps>, string]>([
    [
      'before infrequent access',
      { transitionToArchivePolicy: efs.LifecyclePolicy.AFTER_7_DAYS },
      'transitionToArchivePolicy must be later than lifecyclePolicy, got AFTER_7_DAYS and AFTER_30_DAYS: files rest in infrequent access before they are archived',
    ],
    [
      'with it',
      { transitionToArchivePolicy: efs.LifecyclePolicy.AFTER_30_DAYS },
      'transitionToArchivePolicy must be later than lifecyclePolicy, got AFTER_30_DAYS and AFTER_30_DAYS: files rest in infrequent access before they are archived',
    ],
    [
      'with bursting throughput',
      {
        throughputMode: efs.ThroughputMode.BURSTING,
        transitionToArchivePolicy: efs.LifecyclePolicy.AFTER_90_DAYS,
      },
      "transitionToArchivePolicy must be left out without ThroughputMode.ELASTIC, got throughputMode 'bursting': EFS has an archive with elastic throughput only",
    ],
  ])('7: archiving %s', (_when, props, message) => {
    const stack = new Stack(newApp(), 'Archive');
    const vpc = new ec2.Vpc(stack, 'Vpc');
    expectFailure(() => new SharedFileSystem(stack, 'Uploads', { vpc, ...props }), message);
  });
});
