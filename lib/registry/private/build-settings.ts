import { createHash } from 'node:crypto';
import { Duration, Stack, Tokenization } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { variableOf } from './build-spec';
import { checkChannelTag } from './channel-tag';
import { topOf } from './places';
import { checkContainerRepository } from './repository-kind';
import {
  BUILD_MINUTES,
  checkBuildArgs,
  checkMinutes,
  checkParameterName,
  checkPathInSource,
  checkTagPrefix,
} from '../../rules/builds';
import { checkOneOf } from '../../rules/choices';
import { checkSamePlace } from '../../rules/environments';
import { checkPattern, checkSeconds, checkUnique, ContainersError } from '../../rules/errors';
import { checkEntries } from '../../rules/registry-limits';
import type { IContainerRepository } from '../container-repository';
import type { ImagePipelineProps } from '../image-pipeline';
import type { RebuildOptions } from '../rebuild-options';
import { Severity } from '../severity';

/** Fails for properties that cannot be meant. */
export function checkPipeline(scope: Construct, props: ImagePipelineProps): void {
  const here = Stack.of(scope);
  checkContainerRepository('repository', props.repository);
  checkSamePlace(nameOf('repository', props.repository), props.repository._repository.env, 'the pipeline', here);
  checkPathInSource('directory', props.directory);
  checkPathInSource('dockerfile', props.dockerfile);
  checkPattern('target', props.target, /^[A-Za-z0-9][\w.-]*$/, "the name of a stage such as 'production'");
  checkBuildArgs(props.buildArgs ?? {});
  checkMinutes('timeout', props.timeout, BUILD_MINUTES);
  checkTagPrefix(props.tagPrefix);
  checkParameterName(props.parameterName);
  if (props.channelTag !== undefined) checkChannelTag(props.channelTag, props.repository);

  checkEntries('redeploy', props.redeploy, Infinity, 'leave it out');
  const services = props.redeploy ?? [];
  services.forEach((service) => checkSamePlace(nameOf('service', service), service.env, 'the pipeline', here));
  checkUnique(
    'the services of redeploy',
    services.map((service) => service.node.path),
  );
  if (services.length > 0 && props.channelTag === undefined) {
    throw new ContainersError(
      'channelTag must be the tag that the services of redeploy run, got none: with an immutable tag a service gets a new image by a new revision only',
    );
  }
  if (props.rebuild) checkRebuild(props.rebuild, props.repository);
}

function checkRebuild(rebuild: RebuildOptions, { _repository: repository }: IContainerRepository): void {
  const { every, schedule, onPushOf = [], onFindings = false, minSeverity, minInterval } = rebuild;
  if (every && schedule) {
    throw new ContainersError('rebuild must have every or schedule, got both: leave one of them out');
  }
  checkMinutes('every', every, { min: 1, max: Infinity }, ['minutes', 'hours', 'days']);
  checkEntries('onPushOf', rebuild.onPushOf, Infinity, 'leave it out');
  onPushOf.forEach((base) => checkContainerRepository('a repository of onPushOf', base));
  checkUnique(
    'the repositories of onPushOf',
    onPushOf.map((base) => base.node.path),
  );
  const itself = onPushOf.find(
    ({ _repository: base }) =>
      base.repositoryArn === repository.repositoryArn || base.repositoryName === nameOfRepository(repository),
  );
  if (itself) {
    throw new ContainersError(
      `onPushOf must not have the repository of the images itself, got ${nameOf('repository', itself)}: each build would start the next one`,
    );
  }
  if (!onFindings && (minSeverity !== undefined || minInterval !== undefined)) {
    throw new ContainersError(
      'minSeverity and minInterval must come with onFindings, got it off: set onFindings: true',
    );
  }
  if (minSeverity !== undefined) checkOneOf('minSeverity', minSeverity, Object.values(Severity));
  checkSeconds('minInterval', minInterval, { min: 3600, max: Infinity });
}

/** As it was given, if it was: the L2 has a token for it. */
function nameOfRepository({ node, repositoryName }: ecr.IRepository): string {
  return (node.defaultChild as ecr.CfnRepository | undefined)?.repositoryName ?? repositoryName;
}

function nameOf(kind: string, construct: IConstruct): string {
  return `the ${kind} '${construct.node.path}'`;
}

/** Known at synthesis, so that templates of other stacks can have it as the default of a parameter. */
export function parameterNameOf(scope: Construct): string {
  const stack = topOf(scope);
  const path = scope.node.path.slice(stack.node.path.length + 1).replace(/[^\w.\-/]/g, '-');
  const name = `/cdk-containers/${stack.stackName}/${path}/tag`;
  checkParameterName(name);
  return name;
}

/** What a build has to know, by the names of environment variables. */
export function variablesOf(
  scope: Construct,
  props: ImagePipelineProps,
  parameterName: string,
  contentHash: string | undefined,
): Record<string, string> {
  const buildArgs = Object.entries(props.buildArgs ?? {}).map(([name, value]) => [variableOf(name), value]);
  const services = props.redeploy?.map(({ cluster, serviceName }) => `${cluster.clusterName}/${serviceName}`);
  const variables = {
    REPOSITORY_URI: props.repository._repository.repositoryUri,
    TAG_PARAMETER: parameterName,
    TAG_PREFIX: props.tagPrefix ?? '',
    CHANNEL_TAG: props.channelTag ?? '',
    SERVICES: services?.join(' ') ?? '',
    DIRECTORY: props.directory ?? '.',
    DOCKERFILE: props.dockerfile ?? 'Dockerfile',
    BUILD_TARGET: props.target ?? '',
    ...Object.fromEntries(buildArgs),
  };
  if (contentHash === undefined) return variables;
  const all = Stack.of(scope).resolve([contentHash, variables, props.cpuArchitecture?._cpuArchitecture]);
  return { ...variables, CONTENT_HASH: createHash('sha256').update(JSON.stringify(all)).digest('hex') };
}

/** How young an image must be for a finding to build nothing. */
export function minIntervalOf({ minInterval = Duration.days(1) }: RebuildOptions): string {
  return Tokenization.stringifyNumber(minInterval.toSeconds());
}
