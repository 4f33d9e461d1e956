import { aws_events as events, aws_events_targets as targets, Stack, Validations } from 'aws-cdk-lib';
import type { aws_codebuild as codebuild, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ManagedPolicyRole, ofThisAccount } from '../../identity/private/managed-policy-role';
import type { IContainerRepository } from '../container-repository';
import { checkRulePlace, pushRule } from './events';
import { findingPattern } from './finding-patterns';
import { expectScanning } from './scanning';
import { FINDINGS } from '../../rules/findings';
import type { RebuildOptions } from '../rebuild-options';
import { ScanType } from '../scan-type';
import { Severity } from '../severity';

/** What the rules of a pipeline start. */
export interface Builds {
  readonly project: codebuild.Project;
  readonly findingsProject?: codebuild.Project;
  readonly repository: IContainerRepository;
  readonly rebuild: RebuildOptions;
  /** Deployments of the stack build too. */
  readonly ofDeployments: boolean;
}

/** What starts builds, and how it may. */
export interface BuildRules {
  readonly rules: events.Rule[];
  /** If there is a rule. */
  readonly eventRole?: iam.IRole;
}

/** The rules that start builds. A build finds in its environment why it was started. */
export function newBuildRules(scope: Construct, builds: Builds): BuildRules {
  const { project, findingsProject, repository, rebuild } = builds;
  const { every, schedule = every && events.Schedule.rate(every), onPushOf, minSeverity = Severity.HIGH } = rebuild;
  const rules: events.Rule[] = [];
  let eventRole: ManagedPolicyRole | undefined;
  const start = (of: codebuild.Project, trigger: string, retryAttempts?: number) => {
    eventRole ??= newEventRole(scope);
    return [new targets.CodeBuildProject(of, { eventRole, event: because(trigger), retryAttempts })];
  };

  if (builds.ofDeployments) {
    const eventPattern = deployments(scope);
    rules.push(new events.Rule(scope, 'DeploymentRule', { eventPattern, targets: start(project, 'deployment') }));
  }
  if (schedule) rules.push(new events.Rule(scope, 'ScheduleRule', { schedule, targets: start(project, 'schedule') }));
  if (onPushOf) rules.push(baseImageRule(scope, onPushOf, start(project, 'base-image')[0]));
  if (findingsProject) {
    const eventPattern = findingPattern(repository._repository, minSeverity, true);
    // There is an event for each vulnerability: those that come during a build are lost, and not missed.
    const started = start(findingsProject, 'findings', 0);
    rules.push(new events.Rule(scope, 'FindingsRule', { eventPattern, targets: started }));
    expectScanning(scope, ScanType.ENHANCED, false);
  }
  rules.forEach((rule) => Validations.of(rule).acknowledge(...FINDINGS.buildRules));
  return { rules, eventRole };
}

function because(trigger: string): events.RuleTargetInput {
  return events.RuleTargetInput.fromObject({
    environmentVariablesOverride: [{ name: 'TRIGGER', type: 'PLAINTEXT', value: trigger }],
  });
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html */
function newEventRole(scope: Construct): ManagedPolicyRole {
  const rules = Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
  return new ManagedPolicyRole(scope, 'EventRole', {
    description: 'How EventBridge starts the builds of images',
    assumedBy: ofThisAccount('events.amazonaws.com', rules),
  });
}

/**
 * The stack was deployed, with all its resources. What a deployment did not change is seen by the build.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
 */
function deployments(scope: Construct): events.EventPattern {
  return {
    source: ['aws.cloudformation'],
    detailType: ['CloudFormation Stack Status Change'],
    detail: {
      'stack-id': [Stack.of(scope).stackId],
      'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
    },
  };
}

/** An image for several platforms is pushed in parts, of which only the whole has a tag. */
function baseImageRule(
  scope: Construct,
  [first, ...others]: IContainerRepository[],
  target: events.IRuleTarget,
): events.Rule {
  others.forEach(({ _repository }) => checkRulePlace(scope, _repository));
  const detail = {
    'repository-name': others.map(({ _repository }) => _repository.repositoryName),
    'image-tag': events.Match.exists(),
  };
  return pushRule(scope, 'BaseImageRule', first._repository, { target, eventPattern: { detail } });
}
