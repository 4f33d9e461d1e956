import { aws_ec2 as ec2, Stack, Validations } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import type { FromListenerProps, IngressDomain, IngressProps } from './ingress-options';
import { certificateOf } from './private/domain';
import { checkDomain, IngressDomains } from './private/ingress-domains';
import { httpListener, httpsListener, newLoadBalancer } from './private/load-balancer';
import { inlinePeer, letReach } from './private/reach';
import { RouteTable } from './private/route-table';
import type { RouteOptions } from './route-options';
import { listenerRouting } from './routes/listener';
import type { SharedListener } from './routes/listener';
import { Routing } from './routing';
import { ContainersError } from '../rules/errors';
import { checkGiven, checkList } from '../rules/given';

/** A listener that many services share, each with its own routes. */
export interface IIngress extends IConstruct {
  /** The listener on which the routes are made. */
  readonly listener: elbv2.IApplicationListener;

  /**
   * A route for the `routing` of a service.
   * @throws without conditions, or with bad ones; when it is bound, also for a priority or requests that another route has
   */
  route(options: RouteOptions): Routing;
}

/**
 * A load balancer that many services share, each with its own routes.
 *
 * Rule and target group of a route stand in the stack of the service, so that teams deploy on their own. A route's priority is
 * made of its own conditions, the more specific the lower, so that no other service ever moves it; where two routes cannot
 * be told apart, that is an error which names both.
 *
 * Creates: `loadBalancer` with its security group, `listener` (HTTPS, 404 for what no route names), `targetSecurityGroup`,
 * the `domain`'s certificate and records, `accessLogsBucket`.
 *
 * Costs: about 18 USD a month, and 6 USD for each unit of load, for all services together.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export class Ingress extends Construct implements IIngress, ec2.IConnectable {
  /**
   * The load balancer of another team or stack. Its other rules are invisible, so every route must give its priority.
   *
   * Creates nothing by itself but what `domain` asks for: rule and target group stand in the stack of the service that takes a
   * route.
   * @throws when `domain` is given without `loadBalancer`
   */
  public static fromListener(scope: Construct, id: string, props: FromListenerProps): IIngress {
    return new ForeignIngress(scope, id, props);
  }

  /** The load balancer. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** The listener on which the routes are made. */
  public readonly listener: elbv2.IApplicationListener;

  /** What marks the tasks that the load balancer may reach. It has no rules: each service opens its own port. */
  public readonly targetSecurityGroup: ec2.ISecurityGroup;

  /** Where access logs go. */
  public readonly accessLogsBucket?: s3.IBucket;

  /** The network side of the load balancer: who may connect to the listener's port. */
  public readonly connections: ec2.Connections;

  private readonly shared: SharedListener;
  private readonly domains: IngressDomains;

  /**
   * @throws without a certificate, and when a property is out of bounds or contradicts another one
   */
  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    checkGiven('the properties of an Ingress', props);
    checkProps(props);
    const { vpc, domain, certificates = [], plainHttp = false } = props;
    const { loadBalancer, accessLogsBucket } = newLoadBalancer(this, vpc, props);
    this.loadBalancer = loadBalancer;
    this.accessLogsBucket = accessLogsBucket;
    const all = [...(domain && !plainHttp ? [certificateOf(this, domain)] : []), ...certificates];
    const listener = plainHttp ? httpListener(loadBalancer, props) : httpsListener(loadBalancer, props, all);
    this.listener = listener;
    this.connections = listener.connections;
    this.targetSecurityGroup = this.newTargetSecurityGroup(vpc);
    this.domains = new IngressDomains(this, loadBalancer);
    this.domains.count(all.length);
    if (domain) this.domains.addRecords(this, domain);
    if (plainHttp && !props.internal) this.warnOfPlainHttp();

    const [own] = loadBalancer.connections.securityGroups;
    const groups = { loadBalancer: own, targets: this.targetSecurityGroup };
    this.shared = {
      listener,
      encrypted: !plainHttp,
      table: new RouteTable(this, listener),
      foreign: false,
      id: idOf(this),
      place: { ingress: this, vpc },
      dnsName: loadBalancer.loadBalancerDnsName,
      names: this.domains.names,
      namesOnly: certificates.length === 0 && !plainHttp,
      admit: (routeScope, service, port) => letReach(routeScope, service, groups, port),
    };
  }

  /**
   * A route for the `routing` of a service.
   * @throws without conditions, or with bad ones; when it is bound, also for a priority or requests that another route has
   */
  public route(options: RouteOptions): Routing {
    return Routing._of(listenerRouting(this.shared, options));
  }

  /**
   * More names, of another zone for instance, with their certificate and records.
   * @throws when a name is not in its zone
   */
  public addDomain(id: string, domain: IngressDomain): void {
    this.domains.add(id, domain, this.shared.encrypted ? this.listener : undefined);
  }

  /** The way out of the load balancer leads to whatever carries it: rules for single services would tie it to their stacks. */
  private newTargetSecurityGroup(vpc: ec2.IVpc): ec2.ISecurityGroup {
    const group = new ec2.SecurityGroup(this, 'TargetSecurityGroup', {
      vpc,
      description: 'Marks the targets of the shared load balancer, and allows nothing itself',
      allowAllOutbound: false,
    });
    const [own] = this.loadBalancer.connections.securityGroups;
    own.addEgressRule(inlinePeer(group), ec2.Port.allTcp(), 'To targets, each of which opens its own port');
    return group;
  }

  private warnOfPlainHttp(): void {
    Validations.of(this).addWarning(
      'cdk-containers:IngressPublicHttp',
      'plainHttp of a public Ingress sends everything unencrypted over the internet: give it a domain or certificates.',
    );
  }
}

function checkProps({ vpc, domain, certificates, plainHttp = false }: IngressProps): void {
  checkGiven('vpc', vpc);
  checkList('certificates', certificates);
  certificates?.forEach((certificate) => checkGiven('an ARN of certificates', certificate?.certificateArn));
  if (domain) checkDomain(domain, !plainHttp);
  const encrypted = domain !== undefined || (certificates ?? []).length > 0;
  if (!plainHttp && !encrypted) {
    throw new ContainersError(
      'an Ingress must have domain or certificates, got neither: HTTPS needs a certificate; for plain HTTP inside the network set plainHttp',
    );
  }
  if (plainHttp && certificates?.length) {
    throw new ContainersError('certificates must be left out with plainHttp, got some: leave plainHttp out for HTTPS');
  }
}

/** Tells the ingresses of an app apart, and is the same in each of its stages. */
function idOf(ingress: Construct): string {
  const path = ingress.node.scopes.slice(ingress.node.scopes.indexOf(Stack.of(ingress)) + 1);
  return path.map(({ node }) => node.id).join('-');
}

/** The load balancer of others. */
class ForeignIngress extends Construct implements IIngress {
  public readonly listener: elbv2.IApplicationListener;
  private readonly shared: SharedListener;

  constructor(scope: Construct, id: string, props: FromListenerProps) {
    super(scope, id);
    checkGiven('the properties of Ingress.fromListener', props);
    checkGiven('listener', props.listener);
    const { listener, loadBalancer, domain, encrypted = true } = props;
    this.listener = listener;
    let names: string[] = [];
    if (domain) {
      if (!loadBalancer) {
        throw new ContainersError('domain needs loadBalancer, got none: its records must point somewhere');
      }
      const domains = new IngressDomains(this, loadBalancer);
      domains.add('Domain', domain, encrypted ? listener : undefined);
      names = domains.names;
    }
    const table = new RouteTable(this, listener);
    this.shared = { listener, encrypted, table, foreign: true, id: idOf(this), names, namesOnly: false };
  }

  public route(options: RouteOptions): Routing {
    return Routing._of(listenerRouting(this.shared, options));
  }
}
