import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Condition } from '../../rules/route-conditions';

/** Conditions as the L2 takes them. */
export function listenerConditions(conditions: Condition[]): elbv2.ListenerCondition[] {
  return conditions.map(listenerCondition);
}

function listenerCondition({ field, name = '', values }: Condition): elbv2.ListenerCondition {
  const { ListenerCondition } = elbv2;
  switch (field) {
    case 'host':
      return ListenerCondition.hostHeaders(values);
    case 'path':
      return ListenerCondition.pathPatterns(values);
    case 'header':
      return ListenerCondition.httpHeader(name, values);
    case 'method':
      return ListenerCondition.httpRequestMethods(values);
    case 'query':
      return ListenerCondition.queryStrings(values.map((value) => ({ key: name, value })));
    case 'source':
      return ListenerCondition.sourceIps(values);
  }
}
