import { aws_codebuild as codebuild, aws_ecs as ecs, Duration, Validations } from 'aws-cdk-lib';
import type { aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BuildRole } from './build-role';
import { buildSpec } from './build-spec';
import { buildImageFor } from '../../rules/builds';
import { FINDINGS } from '../../rules/findings';
import type { ImagePipelineProps } from '../image-pipeline';
import type { ImageSourceConfig } from '../image-source';

/** What a project is made of. */
export interface BuildProjectOptions {
  readonly props: ImagePipelineProps;
  readonly config: ImageSourceConfig;
  readonly variables: { [name: string]: string };
  readonly role: BuildRole;
  readonly logGroup: logs.ILogGroup;
  /** More builds at a time are refused, and lost. */
  readonly concurrentBuildLimit?: number;
}

/** A project that builds images, whose builds can do what they may as soon as it is there. */
export function newBuildProject(scope: Construct, id: string, options: BuildProjectOptions): codebuild.Project {
  const { props, config, role } = options;
  const arm = props.cpuArchitecture?._cpuArchitecture === ecs.CpuArchitecture.ARM64._cpuArchitecture;
  const given = Object.entries(options.variables).filter(([, value]) => value !== '');
  const project = role.whileClosed(
    () =>
      new codebuild.Project(scope, id, {
        description: 'Builds an image and pushes it',
        role,
        source: {
          type: config.source.type,
          badgeSupported: false,
          bind: () => ({
            sourceProperty: config.source,
            sourceVersion: config.sourceVersion,
            buildTriggers: config.triggers,
          }),
        },
        buildSpec: buildSpec(Object.keys(props.buildArgs ?? {})),
        environment: {
          buildImage: buildImageFor(arm),
          computeType: props.computeType ?? codebuild.ComputeType.SMALL,
          // Docker needs it, on a machine that is there for one build.
          privileged: true,
          environmentVariables: Object.fromEntries(given.map(([name, value]) => [name, { value }])),
        },
        timeout: props.timeout ?? Duration.minutes(30),
        concurrentBuildLimit: options.concurrentBuildLimit,
        logging: { cloudWatch: { logGroup: options.logGroup } },
      }),
  );
  // A webhook is made with the connection, which needs the rights of the role.
  project.node.addDependency(...role.policies);
  Validations.of(project).acknowledge(...FINDINGS.builds);
  return project;
}
