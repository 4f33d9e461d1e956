import { Duration, Size, Token, aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Mount, Scaling } from '../../lib';
import type { ContainerOptions, WebServiceProps } from '../../lib';
import { Fixture, IMAGE } from '../support/fixture';
import type { Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all, attributesOf, containerOf, serviceOf, taskOf } from '../support/resources';

const REF = { Ref: 'Parameter' };
const NUMBER = Token.asNumber(REF);
const STRING = Token.asString(REF);
const SECONDS = Duration.seconds(NUMBER);
const SIZED = { cpuUnits: 256, memory: Size.gibibytes(1) };

type Row = [what: string, props: Partial<WebServiceProps>, read: (template: Template) => unknown, expected?: unknown];

const of = (options: Partial<ContainerOptions>) => ({ container: { image: IMAGE, ...options } });
const check = (healthCheck: Partial<ecs.HealthCheck>) => of({ healthCheck: { command: ['CMD', 'x'], ...healthCheck } });
const health = (healthCheck: elbv2.HealthCheck) => ({ healthCheck: { path: '/health', ...healthCheck } });
const container = (name: string) => (template: Template) => containerOf(template)[name];
const containerCheck = (name: string) => (template: Template) => containerOf(template).HealthCheck[name];
const targetGroup = (template: Template) => all(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')[0];
const target = (name: string) => (template: Template) => targetGroup(template)[name];
const attribute = (name: string) => (template: Template) =>
  attributesOf(targetGroup(template).TargetGroupAttributes)[name];

describe('a value that is known at deploy time only', () => {
  test.each<Row>([
    ['port', { port: NUMBER }, (template) => containerOf(template).PortMappings[0].ContainerPort],
    ['port of the target', { port: NUMBER }, (template) => serviceOf(template).LoadBalancers[0].ContainerPort],
    ['port of the rule', { port: NUMBER }, (template) => all(template, 'AWS::EC2::SecurityGroupIngress')[0].FromPort],
    ['cpuUnits', { cpuUnits: NUMBER, memory: Size.gibibytes(1) }, (template) => taskOf(template).Cpu],
    ['memory', { cpuUnits: 256, memory: Size.mebibytes(NUMBER) }, (template) => taskOf(template).Memory],
    [
      'ephemeralStorage',
      { ephemeralStorage: Size.gibibytes(NUMBER) },
      (template) => taskOf(template).EphemeralStorage.SizeInGiB,
    ],
    [
      'minTasks',
      { scaling: Scaling.between({ minTasks: NUMBER, maxTasks: 10 }) },
      (template) => all(template, 'AWS::ApplicationAutoScaling::ScalableTarget')[0].MinCapacity,
    ],
    ['fixed tasks', { scaling: Scaling.fixed(NUMBER) }, (template) => serviceOf(template).DesiredCount],
    [
      'healthCheckGracePeriod',
      { healthCheckGracePeriod: SECONDS },
      (template) => serviceOf(template).HealthCheckGracePeriodSeconds,
    ],
    ['containerName', of({ containerName: STRING }), container('Name')],
    ['image', of({ image: ecs.ContainerImage.fromRegistry(STRING) }), container('Image')],
    ['user', of({ user: STRING }), container('User')],
    ['command', of({ command: [STRING] }), container('Command'), [REF]],
    ['environment', of({ environment: { A: STRING } }), container('Environment'), [{ Name: 'A', Value: REF }]],
    ['cpuUnits of the container', { ...of({ cpuUnits: NUMBER }), ...SIZED }, container('Cpu')],
    ['memory of the container', { ...of({ memory: Size.mebibytes(NUMBER) }), ...SIZED }, container('Memory')],
    ['stopTimeout', of({ stopTimeout: SECONDS }), container('StopTimeout')],
    ['startTimeout', of({ startTimeout: SECONDS }), container('StartTimeout')],
    ['retries of the check of the container', check({ retries: NUMBER }), containerCheck('Retries')],
    ['startPeriod of the check of the container', check({ startPeriod: SECONDS }), containerCheck('StartPeriod')],
    [
      'size of a scratch directory',
      of({ mounts: [Mount.scratch('/tmp', { size: Size.mebibytes(NUMBER) })] }),
      (template) => containerOf(template).LinuxParameters.Tmpfs[0].Size,
    ],
    ['path of the health check', health({ path: STRING }), target('HealthCheckPath')],
    [
      'codes of the health check',
      health({ healthyHttpCodes: STRING }),
      (template) => targetGroup(template).Matcher.HttpCode,
    ],
    ['healthyThresholdCount', health({ healthyThresholdCount: NUMBER }), target('HealthyThresholdCount')],
    ['unhealthyThresholdCount', health({ unhealthyThresholdCount: NUMBER }), target('UnhealthyThresholdCount')],
    ['deregistrationDelay', { deregistrationDelay: SECONDS }, attribute('deregistration_delay.timeout_seconds')],
  ])('is fine as %s', (_what, props, read, expected = REF) => {
    const fixture = new Fixture();
    fixture.web(props);
    const template = fixture.template();
    expect(read(template)).toEqual(expected);
    expectAcyclic(template);
  });
});
