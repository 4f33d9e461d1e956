import { aws_events as events, Validations } from 'aws-cdk-lib';
import type { aws_ecr as ecr, aws_kms as kms, aws_sns as sns } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkRulePlace } from './private/events';
import { findingMessage, scanMessage } from './private/finding-messages';
import { findingPattern, scanPattern } from './private/finding-patterns';
import { checkFindingsTopic, letEventsPublish, newFindingsTopic } from './private/findings-topic';
import { checkRepository } from './private/repository-kind';
import { expectScanning } from './private/scanning';
import { ScanType } from './scan-type';
import { Severity } from './severity';
import { checkOneOf } from '../rules/choices';
import { ContainersError } from '../rules/errors';
import { FINDINGS } from '../rules/findings';

/** Options of `onFindings`. */
export interface ImageFindingsOptions {
  /**
   * Who shall hear of it: a standard topic of this account and region. EventBridge gets what it needs to publish, to the
   * topic's key as well, where their policies are written in this app.
   * @default - one is made, encrypted with a key of its own, about 1 USD a month: subscribe to `topic`
   */
  readonly topic?: sns.ITopic;

  /**
   * This severity and worse. `INFORMATIONAL` takes in what has no severity yet.
   * @default Severity.HIGH
   */
  readonly minSeverity?: Severity;

  /**
   * Only vulnerabilities that updates fix wholly, one message each. Basic scanning knows nothing of fixes: the registry
   * must have enhanced scanning.
   * @default false
   */
  readonly fixAvailableOnly?: boolean;

  /**
   * The kind of scanning that the registry has, if it never changes.
   * @default - any: nothing goes silent when the registry moves from one to the other
   */
  readonly scanning?: ScanType;
}

/** Properties of `ImageFindings`. */
export interface ImageFindingsProps extends ImageFindingsOptions {
  /** The repository whose images are scanned. */
  readonly repository: ecr.IRepository;
}

/**
 * Tells people what scans find in the images of a repository, in a line of text: which image, how bad, what, and whether a
 * fix exists.
 *
 * One message for each scan of a pushed image that counts something severe enough. With enhanced scanning one for
 * each vulnerability as well, also when it gets known long after the push, and again when Inspector knows more of it.
 *
 * Make it in the stack of the topic when that is another one than the repository's. It does not turn scanning on.
 *
 * Creates: `rules`, and without a `topic` of yours `topic` and `topicKey`. Costs: nothing but the messages and the key.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
 */
export class ImageFindings extends Construct {
  /** Where the messages go. */
  public readonly topic: sns.ITopic;

  /** The key of the topic that was made, deleted with it: messages only pass through. */
  public readonly topicKey?: kms.Key;

  /** The rules for scans and for single vulnerabilities. They take further targets, for machines say. */
  public readonly rules: events.Rule[] = [];

  /**
   * @throws when the repository or topic is known to be of another account or region, the topic is one to which
   * EventBridge can not publish, or `fixAvailableOnly` meets basic scanning
   */
  constructor(scope: Construct, id: string, props: ImageFindingsProps) {
    super(scope, id);
    const { repository, scanning, fixAvailableOnly = false, minSeverity = Severity.HIGH } = props;
    checkRepository(repository);
    checkOneOf('minSeverity', minSeverity, Object.values(Severity));
    if (scanning !== undefined) checkOneOf('scanning', scanning, Object.values(ScanType));
    if (fixAvailableOnly && scanning === ScanType.BASIC) {
      throw new ContainersError(
        'scanning must be ScanType.ENHANCED with fixAvailableOnly, got BASIC, which does not know of fixes: leave one of them out',
      );
    }
    checkRulePlace(this, repository);
    if (props.topic) checkFindingsTopic(this, props.topic);

    const expected = scanning ?? (fixAvailableOnly ? ScanType.ENHANCED : undefined);
    if (expected) expectScanning(this, expected, scanning !== undefined);

    const { topic, topicKey } = props.topic ? { topic: props.topic, topicKey: undefined } : newFindingsTopic(this);
    this.topic = topic;
    this.topicKey = topicKey;
    letEventsPublish(this, topic);

    if (!fixAvailableOnly) {
      const types = expected ? [expected] : Object.values(ScanType);
      this.addRule('ScanRule', scanPattern(repository, types, minSeverity), scanMessage(repository, minSeverity));
    }
    if (expected !== ScanType.BASIC) {
      const pattern = findingPattern(repository, minSeverity, fixAvailableOnly);
      this.addRule('FindingRule', pattern, findingMessage(repository));
    }
  }

  private addRule(id: string, eventPattern: events.EventPattern, input: events.RuleTargetInput): void {
    const target: events.IRuleTarget = { bind: () => ({ arn: this.topic.topicArn, input }) };
    const rule = new events.Rule(this, id, { eventPattern, targets: [target] });
    Validations.of(rule).acknowledge(...FINDINGS.findingRules);
    this.rules.push(rule);
  }
}
