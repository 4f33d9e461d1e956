import {
  aws_ecs as ecs,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  aws_ssm as ssm,
  Stack,
} from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { ConfigFileOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE, newApp, Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing, expectNothingInline } from '../../support/policies';
import { taskOf } from '../../support/resources';

const PATH = '/run/secrets/key.pem';
const WRITE = `printf '%s' "$FILE_1" > '${PATH}'`;

/** A web service that reads a secret of its stack from a file. */
function mounted(options: ConfigFileOptions = {}, user?: string, field?: string) {
  const fixture = new Fixture();
  const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(fixture.stack, 'Key'), field);
  fixture.web({ container: { image: IMAGE, user, mounts: [Mount.secretFile(PATH, secret, options)] } });
  const template = fixture.template();
  const [main, prepare] = taskOf(template).ContainerDefinitions;
  return { template, main, prepare };
}

describe('Mount.secretFile', () => {
  test('hands the secret to the container that writes the file, and to no other', () => {
    const { main, prepare } = mounted();
    expect(prepare.Secrets).toEqual([{ Name: 'FILE_1', ValueFrom: { Ref: expect.stringMatching(/^Key/) } }]);
    expect(prepare).not.toHaveProperty('Environment');
    expect(main).not.toHaveProperty('Secrets');
    expect(main.MountPoints).toEqual([expect.objectContaining({ ContainerPath: '/run/secrets', ReadOnly: true })]);
    expect(main.DependsOn).toEqual([{ ContainerName: 'app-prepare', Condition: 'SUCCESS' }]);
  });

  test('lets the execution role read it, and not the task role', () => {
    const { template } = mounted();
    expect(allowing(template, 'WebExecutionRole', 'secretsmanager:GetSecretValue')).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        Resource: { Ref: expect.stringMatching(/^Key/) },
      },
    ]);
    expect(allowing(template, 'WebTaskRole', 'secretsmanager:GetSecretValue')).toEqual([]);
    expectNothingInline(template);
  });

  test.each<[string, string | undefined, string]>([
    ['a numeric user', '7', ` && chown '7:7' '${PATH}' && chmod '400' '${PATH}'`],
    ['a numeric user and group', '7:8', ` && chown '7:8' '${PATH}' && chmod '400' '${PATH}'`],
    ['root', '0', ` && chown '0:0' '${PATH}' && chmod '400' '${PATH}'`],
    ['a user by name', 'node', ` && chmod '444' '${PATH}'`],
    ['the user of the image', undefined, ` && chmod '444' '${PATH}'`],
  ])('is for %s', (_who, user, then) => {
    expect(mounted({}, user).prepare.Command).toEqual([`${WRITE}${then}`]);
  });

  test('has the mode that is given', () => {
    expect(mounted({ mode: '440' }, '7').prepare.Command).toEqual([
      `${WRITE} && chown '7:7' '${PATH}' && chmod '440' '${PATH}'`,
    ]);
  });

  test('takes the shell of another image', () => {
    expect(mounted({ image: ecs.ContainerImage.fromRegistry('busybox') }).prepare.Image).toBe('busybox');
  });

  test('reads a field', () => {
    const [{ ValueFrom }] = mounted({}, undefined, 'pem').prepare.Secrets;
    expect(ValueFrom).toEqual({ 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^Key/) }, ':pem::']] });
  });

  test('reads a parameter', () => {
    const fixture = new Fixture();
    const attributes = { parameterName: '/shop/key' };
    const parameter = ssm.StringParameter.fromSecureStringParameterAttributes(fixture.stack, 'Key', attributes);
    const mounts = [Mount.secretFile(PATH, ecs.Secret.fromSsmParameter(parameter))];
    fixture.web({ container: { image: IMAGE, mounts } });
    const template = fixture.template();
    expect(JSON.stringify(taskOf(template).ContainerDefinitions[1].Secrets)).toContain(':parameter/shop/key');
    expect(allowing(template, 'WebExecutionRole', 'ssm:GetParameters')).toHaveLength(1);
  });

  test('shares directory and container with a text, in the order of the mounts', () => {
    const fixture = new Fixture();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(fixture.stack, 'Key'));
    const mounts = [Mount.configFile('/run/secrets/a', 'x'), Mount.secretFile(PATH, secret)];
    fixture.web({ container: { image: IMAGE, mounts } });
    const { ContainerDefinitions, Volumes } = taskOf(fixture.template());
    expect([Volumes.length, ContainerDefinitions.length]).toEqual([1, 2]);
    expect(ContainerDefinitions[1]).toMatchObject({ Environment: [{ Name: 'FILE_1' }], Secrets: [{ Name: 'FILE_2' }] });
    expect(ContainerDefinitions[1].Command[0]).toContain(`printf '%s' "$FILE_2" > '${PATH}'`);
  });

  test.each(['strong', 'weak'])('reads a secret with a key of another stack, %s references', (mode) => {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
    const data = new Stack(fixture.app, 'Data');
    const secret = new secretsmanager.Secret(data, 'Key', { encryptionKey: new kms.Key(data, 'Master') });
    const mounts = [Mount.secretFile(PATH, ecs.Secret.fromSecretsManager(secret))];
    fixture.web({ container: { image: IMAGE, mounts } });
    expect(() => fixture.app.synth()).not.toThrow();
    expect(data.dependencies).toEqual([]);
    expect(fixture.stack.dependencies).toEqual([data]);
    expect(allowing(fixture.template(), 'WebExecutionRole', 'kms:Decrypt')).toHaveLength(1);
    [fixture.template(), Template.fromStack(data)].forEach(expectAcyclic);
  });

  test('fails when the path has no directory', () => {
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(new Stack(), 'Key'));
    expectFailure(
      () => Mount.secretFile('/key', secret),
      "the path of a configFile or secretFile must have a directory of its own, got '/key': put it into one, such as '/etc/app/key'",
    );
  });
});
