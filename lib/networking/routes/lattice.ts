import { aws_vpclattice as vpclattice, Fn, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { LatticeHeaderMatch, LatticeRoutingOptions, NewLatticeServiceOptions } from './lattice-options';
import { InfrastructureRole } from '../../identity/infrastructure-role';
import { checkLogTarget } from '../../rules/access-logs';
import { checkPort } from '../../rules/containers';
import { checkPattern, ContainersError } from '../../rules/errors';
import { checkGiven, checkList, checkOptions } from '../../rules/given';
import {
  checkLatticeHealth,
  checkLatticeMatch,
  checkLatticePriority,
  checkLatticeProtocol,
  LAST_PRIORITY,
  RULES_PER_LISTENER,
} from '../../rules/lattice';
import { checkOwnAddresses } from '../../rules/network-modes';
import { checkFollowed } from '../../rules/target-options';
import { Claims } from '../private/claims';
import { letLatticeIn, newLatticeTargetGroup, registerInLattice } from '../private/lattice-targets';
import { newLatticeService } from '../private/new-lattice-service';
import type { MadeLatticeService } from '../private/new-lattice-service';
import { checkSingleName } from '../private/single-name';
import { targetOf } from '../private/targets';
import type { RoutingKind } from '../routing';

const OPTIONS: Record<keyof LatticeRoutingOptions, true> = {
  listener: true,
  listenerArn: true,
  newService: true,
  priority: true,
  path: true,
  pathPrefix: true,
  method: true,
  headers: true,
  infrastructureRole: true,
  prefixList: true,
  containerName: true,
  port: true,
  healthCheck: true,
  protocolVersion: true,
};

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-vpc-lattice.html */
export function latticeRouting(options: LatticeRoutingOptions): RoutingKind {
  checkGiven('the options of Routing.lattice', options);
  checkOptions('Routing.lattice', options, Object.keys(OPTIONS));
  checkListener(options);
  checkLatticeMatch(options);
  checkPattern('method', options.method, /^[A-Z]{1,16}$/, "a method in capitals such as 'GET'");
  checkLatticePriority(options.priority);
  if (options.newService) checkService(options.newService);
  return {
    loadBalanced: true,
    bind(scope, service) {
      const { containerName, port, healthCheck, protocolVersion } = options;
      const target = targetOf(service, { containerName, port, healthCheck, protocolVersion });
      checkOwnAddresses('VPC Lattice', service.service.node.path, service.service.taskDefinition.networkMode);
      checkFollowed('Routing.lattice', target);
      checkLatticeHealth(target.healthCheck);
      checkLatticeProtocol(target.protocolVersion);
      const made: Partial<MadeLatticeService> = shared(options)
        ? {}
        : newLatticeService(scope, options.newService ?? {});
      const listenerArn =
        options.listenerArn ?? options.listener?.listenerRef.listenerArn ?? made.latticeListener!.attrArn;
      claim(scope, listenerArn, options.priority);
      const latticeTargetGroup = newLatticeTargetGroup(scope, target);
      const latticeRule = newRule(scope, listenerArn, latticeTargetGroup, options);
      const infrastructureRole = options.infrastructureRole ?? newRole(scope, latticeTargetGroup);
      registerInLattice(target, latticeTargetGroup, latticeRule, infrastructureRole);
      letLatticeIn(target, options.prefixList);
      const url = made.url === undefined ? undefined : `${made.url}${options.path ?? options.pathPrefix ?? ''}`;
      return { ...made, latticeTargetGroup, latticeRule, infrastructureRole, url };
    },
  };
}

function shared({ listener, listenerArn }: LatticeRoutingOptions): boolean {
  return listener !== undefined || listenerArn !== undefined;
}

function checkListener(options: LatticeRoutingOptions): void {
  const { listener, listenerArn, newService, priority } = options;
  const given = Object.entries({ listener, listenerArn, newService }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new ContainersError(
      `a route of VPC Lattice must have one of listener, listenerArn and newService, got ${given.map(([name]) => name).join(' and ')}`,
    );
  }
  checkPattern(
    'listenerArn',
    listenerArn,
    /^arn:[^:]+:vpc-lattice:[^:]*:[^:]*:service\/[^/]+\/listener\/[^/]+$/,
    'the ARN of a listener of VPC Lattice',
  );
  if (shared(options) && priority === undefined) {
    throw new ContainersError(
      'a route on a shared listener must give its priority, got none: its other rules may be invisible here, so ask its owner for a free one',
    );
  }
}

const NEW_SERVICE = [
  'encrypted',
  'listenerPort',
  'domain',
  'serviceNetworks',
  'serviceNetworkArns',
  'authPolicy',
  'unauthenticated',
  'accessLogs',
  'accessLogGroup',
];

function checkService(options: NewLatticeServiceOptions): void {
  checkOptions('newService', options, NEW_SERVICE);
  checkLogTarget(options.accessLogs, 'accessLogGroup', options.accessLogGroup);
  const { domain, encrypted, listenerPort, authPolicy, unauthenticated } = options;
  if (listenerPort !== undefined) checkPort('newService.listenerPort', listenerPort);
  checkList('newService.serviceNetworks', options.serviceNetworks);
  checkList('newService.serviceNetworkArns', options.serviceNetworkArns);
  if (unauthenticated && authPolicy) {
    throw new ContainersError(
      'newService.authPolicy must be left out when unauthenticated is true, got one: VPC Lattice would not look at it',
    );
  }
  if (encrypted === false && domain?.certificate) {
    throw new ContainersError('newService.domain.certificate needs HTTPS, got encrypted false: leave one of them out');
  }
  // Without HTTPS no certificate is made, and a private zone is as good as any.
  if (domain !== undefined) checkSingleName('newService.domain', domain, encrypted ?? true);
}

function newRule(
  scope: Construct,
  listenerArn: string,
  targetGroup: vpclattice.CfnTargetGroup,
  { priority, path, pathPrefix, method, headers }: LatticeRoutingOptions,
): vpclattice.CfnRule {
  // A rule must compare something.
  const prefix = pathPrefix ?? ((path ?? method ?? headers) === undefined ? '/' : undefined);
  return new vpclattice.CfnRule(scope, 'LatticeRule', {
    // …:service/svc-1/listener/listener-1
    serviceIdentifier: Fn.select(1, Fn.split('/', listenerArn)),
    listenerIdentifier: listenerArn,
    priority: priority ?? LAST_PRIORITY,
    match: {
      httpMatch: {
        method,
        pathMatch: (path ?? prefix) === undefined ? undefined : { match: { exact: path, prefix }, caseSensitive: true },
        headerMatches: headers?.map(headerMatch),
      },
    },
    action: { forward: { targetGroups: [{ targetGroupIdentifier: targetGroup.attrArn }] } },
  });
}

function headerMatch({
  name,
  caseSensitive,
  exact,
  prefix,
  contains,
}: LatticeHeaderMatch): vpclattice.CfnRule.HeaderMatchProperty {
  return { name, caseSensitive, match: { exact, prefix, contains } };
}

function newRole(scope: Construct, targetGroup: vpclattice.CfnTargetGroup): iam.IRole {
  const role = new InfrastructureRole(scope, 'InfrastructureRole');
  role.allowLattice({ targetGroupArns: [targetGroup.attrArn] });
  return role;
}

/** Who has which places of a listener, in this app. */
const claims = new Claims<number>();

/** VPC Lattice refuses a second rule of the same priority, but only when it is deployed. */
function claim(scope: Construct, listenerArn: string, priority = LAST_PRIORITY): void {
  const places = claims.of(scope, listenerArn);
  const owner = places.get(priority);
  if (owner !== undefined) {
    const free = Array.from({ length: LAST_PRIORITY }, (_none, index) => index + 1).find((place) => !places.has(place));
    throw new ContainersError(
      `priority must be free on its listener, got ${priority} for '${scope.node.path}', which '${owner}' has already: take ${free}, for example`,
    );
  }
  places.set(priority, scope.node.path);
  if (places.size === RULES_PER_LISTENER + 1) warnOfRules(scope);
}

/** The quota may have been raised, and a listener of others may have rules that are not known here. */
function warnOfRules(scope: Construct): void {
  Validations.of(scope).addWarning(
    'cdk-containers:LatticeRules',
    `the listener of '${scope.node.path}' has more than ${RULES_PER_LISTENER} rules of this app, which is what VPC Lattice takes unless AWS raised the quota: have it raised, or give some services a VPC Lattice service of their own`,
  );
}
