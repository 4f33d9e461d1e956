import { aws_elasticloadbalancingv2 as elbv2, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';
import { QUOTAS } from '../../rules/load-balancers';
import { resourcesOf } from '../../rules/resources';
import type { Condition } from '../../rules/route-conditions';
import { overlap } from '../../rules/route-overlap';
import { bandOf, freePriorityAfter, freePriorityBefore, isWildcard } from '../../rules/route-priorities';
import type { RouteRule } from '../../rules/route-rules';

/** A rule, and whose it is. */
interface Entry extends RouteRule {
  readonly owner: string;
  /** How many rules its route has. */
  readonly count: number;
}

/** The routes that share a listener: each gets its place, and no two the same. */
export class RouteTable {
  private readonly entries = new Map<number, Entry>();
  /** Those whose priority was made of their conditions, where rivals are looked for. */
  private readonly automatic = new Map<string, Entry[]>();
  private rules = 0;
  private targetGroups = 0;

  constructor(
    private readonly ingress: Construct,
    private readonly listener: elbv2.IApplicationListener,
  ) {
    // Rules that were made by hand, or through another import of the listener, are seen at synthesis only.
    ingress.node.addValidation({ validate: () => this.findTwins() });
  }

  /** Takes the places of a route, which has one target group. */
  public claim(owner: string, rules: RouteRule[], automatic: boolean): void {
    for (const rule of rules) {
      const entry = { ...rule, owner, count: rules.length };
      this.takeSlot(entry);
      if (automatic) this.takeBand(entry);
    }
    this.countTargetGroup(owner);
    this.countRules(rules.length);
  }

  private takeSlot(entry: Entry): void {
    const holder = this.entries.get(entry.priority);
    this.entries.set(entry.priority, holder ?? entry);
    if (!holder) return;
    throw new ContainersError(
      `the routes of '${entry.owner}' and '${holder.owner}' on '${this.ingress.node.path}' must have different priorities, got ${isToken(entry.priority) ? 'the same token' : entry.priority} for both ` +
        `(${shown(entry.conditions)}; ${shown(holder.conditions)}): ${this.advice(entry)}`,
    );
  }

  /** Between bands the more specific route wins; within one nobody can say which was meant to. */
  private takeBand(entry: Entry): void {
    const places = placesOf(entry.conditions);
    const rival = places
      .flatMap((place) => this.automatic.get(place) ?? [])
      .find((other) => other.owner !== entry.owner && overlap(entry.conditions, other.conditions));
    if (rival) {
      throw new ContainersError(
        `the routes of '${entry.owner}' (${shown(entry.conditions)}) and '${rival.owner}' (${shown(rival.conditions)}) on '${this.ingress.node.path}' must not match the same request without a priority that says whose it is, ` +
          `got ${entry.priority} and ${rival.priority} by chance: ${this.advice(entry, rival)}`,
      );
    }
    for (const place of places) this.automatic.set(place, [...(this.automatic.get(place) ?? []), entry]);
  }

  private advice(entry: Entry, rival?: Entry): string {
    if (isToken(entry.priority)) return 'give one of them another `priority`';
    const taken = new Set(this.entries.keys());
    const near = Math.min(entry.priority, rival?.priority ?? entry.priority);
    const before = freePriorityBefore(taken, near, entry.count);
    // One that goes after does not make it the first.
    const free = before ?? (rival ? undefined : freePriorityAfter(taken, near, entry.count));
    return free === undefined
      ? 'give both of them a `priority`, the one that goes first the lower one'
      : `give the route of '${entry.owner}' \`priority: ${free}\`, which is free${rival ? ', if it is to go first' : ''}`;
  }

  private countTargetGroup(owner: string): void {
    this.targetGroups++;
    if (this.targetGroups <= QUOTAS.targetGroups) return;
    throw new ContainersError(
      `a load balancer must have at most ${QUOTAS.targetGroups} target groups, got ${this.targetGroups} on '${this.ingress.node.path}' with '${owner}': make a second Ingress`,
    );
  }

  private countRules(more: number): void {
    const before = this.rules;
    this.rules += more;
    if (before > QUOTAS.rules || this.rules <= QUOTAS.rules) return;
    Validations.of(this.ingress).addWarning(
      'cdk-containers:IngressRules',
      `a load balancer has at most ${QUOTAS.rules} rules unless AWS raised the quota, and the routes on '${this.ingress.node.path}' need more: make a second Ingress, or use fewer condition values.`,
    );
  }

  private findTwins(): string[] {
    const type = elbv2.CfnListenerRule.CFN_RESOURCE_TYPE_NAME;
    const rules = resourcesOf<elbv2.CfnListenerRule>(this.ingress.node.root, type).filter(
      (rule) => rule.listenerArn === this.listener.listenerArn,
    );
    const seen = new Map<number, elbv2.CfnListenerRule>();
    return rules.flatMap((rule) => {
      const twin = seen.get(rule.priority);
      seen.set(rule.priority, rule);
      if (!twin || isToken(rule.priority)) return [];
      return `the rules '${twin.node.path}' and '${rule.node.path}' on the listener of '${this.ingress.node.path}' must have different priorities, got ${rule.priority} for both: change one of them`;
    });
  }
}

/** Where rivals of a rule are: in its band, and of exact hosts only those with a host in common. */
function placesOf(conditions: Condition[]): string[] {
  const { from } = bandOf(conditions);
  const hosts = conditions.find(({ field }) => field === 'host')?.values ?? [];
  return hosts.length > 0 && !hosts.some(isWildcard) ? hosts.map((host) => `${from} ${host}`) : [String(from)];
}

function shown(conditions: Condition[]): string {
  return conditions
    .map(({ field, name, values }) => `${field}${name === undefined ? '' : ` ${name}`} ${values.join(' or ')}`)
    .join(', ');
}
