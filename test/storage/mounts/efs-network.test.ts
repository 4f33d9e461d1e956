import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { SharedFileSystem } from '../../../lib';
import { Files, mounted, nfsRules } from '../../support/files';
import { IMAGE, only } from '../../support/fixture';
import { ancestorsOf, expectAcyclic, graphOf } from '../../support/graph';

const TARGETS = 'AWS::EFS::MountTarget';
const RULES = 'AWS::EC2::SecurityGroupIngress';

describe('network of a mount', () => {
  test('opens port 2049 of the mount targets to the service, and nothing else', () => {
    const rules = Object.values(nfsRules(mounted()));
    expect(rules.map(({ Properties }) => Properties)).toEqual([
      {
        Description: 'NFS',
        IpProtocol: 'tcp',
        FromPort: 2049,
        ToPort: 2049,
        GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^UploadsSecurityGroup/), 'GroupId'] },
        SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^WebServiceSecurityGroup/), 'GroupId'] },
      },
    ]);
  });

  test('opens the port once for several mounts of one service', () => {
    const files = new Files();
    files.mounting([files.uploads.mount('/a'), files.uploads.mount('/b')]);
    expect(Object.keys(nfsRules(files.template()))).toHaveLength(1);
  });

  test('opens the port from each security group of the service, out too where that is closed', () => {
    const files = new Files();
    const group = (id: string) => new ec2.SecurityGroup(files.stack, id, { vpc: files.vpc, allowAllOutbound: false });
    files.web({
      container: { image: IMAGE, mounts: [files.uploads.mount('/a')] },
      securityGroups: [group('One'), group('Two')],
    });
    expect(Object.keys(nfsRules(files.template()))).toHaveLength(2);
    files.template().resourcePropertiesCountIs('AWS::EC2::SecurityGroupEgress', { FromPort: 2049 }, 2);
  });
});

describe('order of a mount', () => {
  test('lets the ECS service wait for each mount target and for the rule', () => {
    const template = mounted();
    const targets = Object.keys(template.findResources(TARGETS));
    const rules = Object.keys(nfsRules(template));
    expect(targets).toHaveLength(2);
    expect(rules).toHaveLength(1);
    const { DependsOn } = only(template, 'AWS::ECS::Service');
    expect(DependsOn).toEqual(expect.arrayContaining([...targets, ...rules]));
  });

  test('lets nothing but the ECS service wait for them', () => {
    const template = mounted();
    const awaited = [TARGETS, RULES].flatMap((type) => Object.keys(template.findResources(type)));
    const resources = Object.entries(template.toJSON().Resources as Record<string, { DependsOn?: string[] }>);
    const waiting = resources.filter(([, { DependsOn = [] }]) => DependsOn.some((id) => awaited.includes(id)));
    expect(waiting.map(([id]) => id)).toEqual([only(template, 'AWS::ECS::Service').id]);
  });

  test('lets the ECS service wait for the permissions of its role', () => {
    const template = mounted();
    const waited = ancestorsOf(graphOf(template), only(template, 'AWS::ECS::Service').id);
    expect([...waited]).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::IAM::ManagedPolicy'))));
  });

  test('makes no cycle, also with several services and file systems', () => {
    const files = new Files();
    const other = new SharedFileSystem(files.stack, 'Other', { vpc: files.vpc });
    for (const id of ['One', 'Two', 'Three']) files.mounting([files.uploads.mount('/a'), other.mount('/b')], id);
    expectAcyclic(files.template());
    expect(Object.keys(nfsRules(files.template()))).toHaveLength(6);
  });
});
