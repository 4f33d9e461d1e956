import { NestedStack, Stack } from 'aws-cdk-lib';
import { SharedFileSystem } from '../../../lib';
import type { Mount } from '../../../lib';
import { Fixture, IMAGE, newApp, only, Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing, expectNothingInline } from '../../support/policies';

const POINTS = 'AWS::EFS::AccessPoint';
const RULES = 'AWS::EC2::SecurityGroupIngress';
const NFS = { Properties: { FromPort: 2049 } };

/** A file system in stack `Shop`, its users in stack `Web`. */
function apart(mode: string, ids: string[] = []) {
  const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
  const uploads = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
  const stack = new Stack(fixture.app, 'Web');
  ids.forEach((id) => fixture.web({ container: container([uploads.mount('/srv')]) }, stack, id));
  return { fixture, uploads, stack, files: () => fixture.template(), users: () => Template.fromStack(stack) };
}

const container = (mounts: Mount[]) => ({ image: IMAGE, mounts });

describe.each(['strong', 'weak'])('a mount of a file system in another stack, with %s references', (mode) => {
  const { stack, fixture, ...apartFrom } = apart(mode, ['Web']);
  const files = apartFrom.files();
  const users = apartFrom.users();
  const reference =
    mode === 'strong'
      ? { 'Fn::ImportValue': expect.stringContaining('UploadsSecurityGroup') }
      : {
          'Fn::GetStackOutput': expect.objectContaining({
            OutputName: expect.stringContaining('UploadsSecurityGroup'),
          }),
        };

  test('makes one stack depend on the other, and not the other way round', () => {
    expect(stack.dependencies).toEqual([fixture.stack]);
    expect(fixture.stack.dependencies).toEqual([]);
    expect(() => fixture.app.synth()).not.toThrow();
  });

  test('makes no cycle in either', () => {
    expectAcyclic(files);
    expectAcyclic(users);
  });

  test('leaves nothing of the user in the stack of the file system', () => {
    files.resourceCountIs(POINTS, 0);
    files.resourceCountIs(RULES, 0);
    files.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  test('makes the access point in the stack of the user', () => {
    expect(only(users, POINTS).Properties.RootDirectory.Path).toBe('/srv');
  });

  test('opens port 2049 in the stack of the user', () => {
    const [rule, ...others] = Object.values(users.findResources(RULES, NFS));
    expect(others).toEqual([]);
    expect(rule.Properties).toMatchObject({
      IpProtocol: 'tcp',
      ToPort: 2049,
      GroupId: reference,
      SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^WebServiceSecurityGroup/), 'GroupId'] },
    });
  });

  test('lets the ECS service wait for the rule', () => {
    const [rule] = Object.keys(users.findResources(RULES, NFS));
    expect(only(users, 'AWS::ECS::Service').DependsOn).toContain(rule);
  });

  test('scopes the permissions by the access point', () => {
    const [statement, ...others] = allowing(users, 'WebTaskRole', 'elasticfilesystem:ClientMount');
    expect(others).toEqual([]);
    expect(JSON.stringify(statement.Condition)).toContain(`{"Ref":"${only(users, POINTS).id}"}`);
    expectNothingInline(users);
  });
});

describe('several mounts', () => {
  test.each(['strong', 'weak'])('of several services in another stack have their own ways, %s', (mode) => {
    const made = apart(mode, ['One', 'Two', 'Three']);
    const users = made.users();
    users.resourceCountIs(POINTS, 3);
    expect(Object.keys(users.findResources(RULES, NFS))).toHaveLength(3);
    made.files().resourceCountIs(RULES, 0);
    for (const [id, service] of Object.entries(users.findResources('AWS::ECS::Service'))) {
      const name = id.replace(/Service.*/, '');
      const rules = Object.keys(users.findResources(RULES, NFS));
      expect(service.DependsOn.filter((waited: string) => rules.includes(waited))).toEqual([
        expect.stringMatching(new RegExp(`^${name}`)),
      ]);
    }
    expectAcyclic(users);
  });

  test('of one service in another stack share an access point and the rule', () => {
    const { fixture, uploads, stack, users } = apart('weak');
    const mounts = [uploads.mount('/a'), uploads.mount('/b', { directory: '/a' }), uploads.mount('/c')];
    fixture.web({ container: container(mounts) }, stack);
    const template = users();
    template.resourceCountIs(POINTS, 2);
    expect(Object.keys(template.findResources(RULES, NFS))).toHaveLength(1);
  });

  test('of one directory in both stacks have an access point in each', () => {
    const { fixture, uploads, users, files } = apart('weak', ['Web']);
    fixture.web({ container: container([uploads.mount('/srv')]) }, fixture.stack, 'Beside');
    only(files(), POINTS);
    only(users(), POINTS);
    expectAcyclic(files());
  });

  test('of one value in several services and stacks are independent', () => {
    const { fixture, uploads, stack, users } = apart('weak');
    const shared = container([uploads.mount('/srv')]);
    fixture.web({ container: shared }, fixture.stack, 'Here');
    fixture.web({ container: shared }, stack, 'There');
    only(fixture.template(), POINTS);
    only(users(), POINTS);
  });

  test('of services in a nested stack wait for the mount targets too', () => {
    const { fixture, uploads } = apart('weak');
    const nested = new NestedStack(fixture.stack, 'Nested');
    fixture.web({ container: container([uploads.mount('/srv')]) }, nested);
    const outer = fixture.template();
    const targets = Object.keys(outer.findResources('AWS::EFS::MountTarget'));
    expect(only(outer, 'AWS::CloudFormation::Stack').DependsOn).toEqual(expect.arrayContaining(targets));
    const inner = Template.fromStack(nested);
    expect(only(inner, 'AWS::ECS::Service').DependsOn).toEqual(
      expect.arrayContaining(Object.keys(inner.findResources(RULES, NFS))),
    );
    only(inner, POINTS);
    [outer, inner].forEach(expectAcyclic);
  });
});
