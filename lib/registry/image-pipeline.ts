import { posix } from 'node:path';
import { aws_iam as iam, aws_logs as logs, aws_ssm as ssm, Validations } from 'aws-cdk-lib';
import type { aws_codebuild as codebuild, aws_ecs as ecs, aws_events as events, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IContainerRepository } from './container-repository';
import type { ImageSource } from './image-source';
import { newBuildProject } from './private/build-project';
import { BuildRole } from './private/build-role';
import { newBuildRules } from './private/build-rules';
import { checkPipeline, minIntervalOf, parameterNameOf, variablesOf } from './private/build-settings';
import type { RebuildOptions } from './rebuild-options';
import { FINDINGS } from '../rules/findings';

/** Properties of an `ImagePipeline`. */
export interface ImagePipelineProps {
  /** Where the images go: a repository of this account and region. Replication brings them to others. */
  readonly repository: IContainerRepository;

  /** Where the Dockerfile is, and all that it copies. */
  readonly source: ImageSource;

  /**
   * When an image is built again although its code did not change, to have the patches of its base image and packages.
   * @default - never
   */
  readonly rebuild?: RebuildOptions;

  /**
   * The directory that the image is built of (its context), relative to the root of the source.
   * @default '.'
   */
  readonly directory?: string;

  /**
   * The Dockerfile, relative to `directory`.
   * @default 'Dockerfile'
   */
  readonly dockerfile?: string;

  /**
   * The stage of the Dockerfile to build.
   * @default - the last one
   */
  readonly target?: string;

  /**
   * Arguments of the build (`ARG`). No secrets: they are readable in the project and in the image.
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * What the image runs on, which is also what it is built on. It must be that of the services.
   * @default ecs.CpuArchitecture.X86_64, as that of services
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The size of the machine that builds.
   * @default codebuild.ComputeType.SMALL
   */
  readonly computeType?: codebuild.ComputeType;

  /**
   * When a build is given up: whole minutes, 5 to 2160.
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;

  /**
   * What the tags of images start with, so that `retention` can tell them from others.
   * @default - nothing: tags are such as `20270131-080000-4f2a9c1`, time (UTC) and commit
   */
  readonly tagPrefix?: string;

  /**
   * A tag that each new image takes over, such as `stable`, for `redeploy` and for those who do not read `tagParameter`. It must
   * be one of the repository's `mutableTags`.
   * @default - none
   */
  readonly channelTag?: string;

  /**
   * Services that run `channelTag`: each new image is deployed to them at once. Services that run another tag would
   * start the old image anew: they get a new one with a new revision, see `tagParameter`. CodeDeploy's services cannot.
   *
   * Services come after the repository of their image: the pipeline then stands in their stack, not in the repository's.
   * @default - none
   */
  readonly redeploy?: ecs.IBaseService[];

  /**
   * The name of the parameter that has the tag of the newest image.
   * @default - `/cdk-containers/<name of the stack>/<path of this construct>/tag`
   */
  readonly parameterName?: string;

  /**
   * Where the builds write. It may have a key of yours.
   * @default - a new one, kept for a year
   */
  readonly logGroup?: logs.ILogGroup;
}

/**
 * Images that are built, pushed, and kept patched: at each push to the branch, on a schedule, when a base image is pushed, or
 * when a vulnerability gets known that updates fix.
 *
 * Each image has a tag of its own, which never moves. The tag of the newest one is in a parameter of Systems Manager: a
 * stack that passes `ssm.StringParameter.valueForStringParameter(this, pipeline.tagParameter.parameterName)` to
 * `images.image()` gets the new image with its next deployment.
 *
 * The build makes the parameter, CloudFormation does not: it would reset the value with each change of the stack's tags
 * (https://github.com/aws/aws-cdk/issues/25949). So it is there after the first build, and stays when the pipeline is
 * deleted, as the images do. A deployment that reads it before fails.
 *
 * The build may push to the repository, write the parameter and its logs, and nothing else: `grantPull(pipeline)` of a
 * repository lets it pull a base image.
 *
 * Creates: `project`, `role`, `logGroup`; with `onFindings` also `findingsProject`; `rules` with `eventRole`. Costs:
 * the minutes of builds, about 0.005 USD each.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html
 */
export class ImagePipeline extends Construct implements iam.IGrantable {
  /** What builds. `aws codebuild start-build --project-name …` builds by hand. */
  public readonly project: codebuild.Project;

  /**
   * What builds for findings, one at a time: of hundreds that get known at once one starts a build. CodeBuild does not queue
   * what is above such a limit, so that pushes to the branch have `project` for themselves.
   */
  public readonly findingsProject?: codebuild.Project;

  /** What the builds may do. */
  public readonly role: iam.IRole;

  /** Who builds: the role. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Where the builds write. */
  public readonly logGroup: logs.ILogGroup;

  /** The tag of the newest image. Read it with `valueForStringParameter`, which looks at each deployment. */
  public readonly tagParameter: ssm.IStringParameter;

  /** What starts builds beside the source: of `rebuild`, and for an asset the deployments of the stack. */
  public readonly rules: events.Rule[];

  /** How the rules start builds, if there is one. */
  public readonly eventRole?: iam.IRole;

  /**
   * @throws when repository, base images or services are known to be of another account or region, `channelTag` cannot
   * move, `redeploy` is without it, a base image is in the repository itself, or a property is out of bounds
   */
  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    checkPipeline(this, props);
    const { rebuild = {} } = props;

    this.logGroup = props.logGroup ?? newBuildLogGroup(this);
    const role = new BuildRole(this, 'Role');
    this.role = role;
    this.grantPrincipal = role;
    this.tagParameter = ssm.StringParameter.fromStringParameterAttributes(this, 'Tag', {
      parameterName: props.parameterName ?? parameterNameOf(this),
      simpleName: false,
      // A parameter of the template would fail the first deployment, before a build has made it.
      forceDynamicReference: true,
    });
    allowBuild(role, this, props);
    const { directory = '.', dockerfile = 'Dockerfile' } = props;
    const config = props.source.bind(this, { grantee: role, dockerfile: posix.join(directory, dockerfile) });

    const { parameterName } = this.tagParameter;
    const variables = variablesOf(this, props, parameterName, config.contentHash);
    const settings = { props, config, variables, role, logGroup: this.logGroup };
    this.project = newBuildProject(this, 'Project', settings);
    if (rebuild.onFindings) {
      this.findingsProject = newBuildProject(this, 'FindingsProject', {
        ...settings,
        config: { ...config, triggers: undefined },
        variables: { ...variables, MIN_INTERVAL: minIntervalOf(rebuild) },
        concurrentBuildLimit: 1,
      });
    }
    const { rules, eventRole } = newBuildRules(this, {
      project: this.project,
      findingsProject: this.findingsProject,
      repository: props.repository,
      rebuild,
      ofDeployments: config.contentHash !== undefined,
    });
    this.rules = rules;
    this.eventRole = eventRole;
  }
}

function newBuildLogGroup(scope: Construct): logs.LogGroup {
  const logGroup = new logs.LogGroup(scope, 'LogGroup', { retention: logs.RetentionDays.ONE_YEAR });
  Validations.of(logGroup).acknowledge(...FINDINGS.logGroupServiceKey);
  return logGroup;
}

/** What every build does, on what is its own only. */
function allowBuild(role: iam.IRole, { logGroup, tagParameter }: ImagePipeline, props: ImagePipelineProps): void {
  const allow = (actions: string[], resourceArns: string[]) =>
    iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns });
  logGroup.grantWrite(role);
  allow(['ssm:GetParameters', 'ssm:PutParameter'], [tagParameter.parameterArn]);
  props.repository.grantPush(role);
  props.rebuild?.onPushOf?.forEach((base) => base.grantPull(role));
  if (props.redeploy) {
    allow(
      ['ecs:UpdateService'],
      // As ECS compares it; the L2 leaves out the cluster of imported services, unless a feature flag is set.
      props.redeploy.map(({ cluster, serviceArn }) =>
        serviceArn.replace(/:service\/([^/]+)$/, `:service/${cluster.clusterName}/$1`),
      ),
    );
  }
  Validations.of(role).acknowledge(...FINDINGS.ecrAuthorizationToken);
}
