import { aws_iam as iam, aws_kms as kms, aws_sns as sns, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError } from '../../rules/errors';

/** A topic for messages that only pass through, with its key. */
export function newFindingsTopic(scope: Construct): { topic: sns.Topic; topicKey: kms.Key } {
  const topicKey = new kms.Key(scope, 'Key', {
    description: 'Findings in images on their way',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return { topic: new sns.Topic(scope, 'Topic', { masterKey: topicKey, enforceSSL: true }), topicKey };
}

/** Fails for a topic to which EventBridge can not publish. */
export function checkFindingsTopic(scope: Construct, topic: sns.ITopic): void {
  const name = `the topic '${topic.node.path}'`;
  checkSamePlace(name, topic.env, 'the rules', Stack.of(scope));
  if (topic.fifo) {
    throw new ContainersError(
      `${name} must be a standard one, got a FIFO topic, to which EventBridge does not publish`,
    );
  }
  if (topic.masterKey?.keyArn.endsWith(':alias/aws/sns')) {
    throw new ContainersError(
      `${name} must have a key of yours or none, got alias/aws/sns, whose policy does not let EventBridge publish: use a customer managed key`,
    );
  }
}

/**
 * Lets EventBridge publish, and warns where that cannot be written from here. No conditions: EventBridge takes none in
 * policies of topics.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function letEventsPublish(scope: Construct, topic: sns.ITopic): void {
  const allow = (...actions: string[]) => ({ actions, principals: [new iam.ServicePrincipal('events.amazonaws.com')] });
  const publish = new iam.PolicyStatement({ ...allow('sns:Publish'), resources: [topic.topicArn] });
  const encrypt = new iam.PolicyStatement({ ...allow('kms:Decrypt', 'kms:GenerateDataKey*'), resources: ['*'] });
  const results = [topic.addToResourcePolicy(publish), topic.masterKey?.addToResourcePolicy(encrypt)];
  if (results.every((result) => result === undefined || result.statementAdded)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:FindingsTopicPolicy',
    `the topic '${topic.node.path}' or its key is imported, so its policy is its owner's matter: unless it lets events.amazonaws.com publish (sns:Publish), and use the key (kms:Decrypt, kms:GenerateDataKey*), findings are lost.`,
  );
}
