import { Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { hasAdministrator } from './access-entries';
import { identityOf } from '../../identity/private/cluster-key';
import { resourcesOf } from '../../rules/resources';

/** What to look for when all is there. */
export interface Watched {
  readonly cluster: eks.ICluster;
  /** The name that the user gave it, by which others may have imported it. */
  readonly name?: string;
  /** Whether nodes come that have no name server built in. */
  readonly needsDns: boolean;
}

/** Others give access and install add-ons, in whichever stack, until the app is synthesized. */
export function watchCluster(scope: Construct, { cluster, name, needsDns }: Watched): void {
  scope.node.addValidation({
    validate() {
      if (!hasAdministrator(cluster)) warnOfAdministrator(scope);
      if (needsDns && !hasAddOn(cluster, 'coredns', name)) warnOfDns(scope);
      return [];
    },
  });
}

/** Whether something in the app installs an add-on in the cluster. */
export function hasAddOn(cluster: eks.ICluster, wanted: string, name?: string): boolean {
  const identity = identityOf(cluster, cluster.clusterName);
  return resourcesOf<eks.CfnAddon>(cluster.node.root, 'AWS::EKS::Addon')
    .filter(({ addonName }) => addonName === wanted)
    .some((addOn) => addOn.clusterName === name || identityOf(addOn, addOn.clusterName) === identity);
}

function warnOfAdministrator(scope: Construct): void {
  Validations.of(scope).addWarning(
    'cdk-containers:ClusterAdminAbsent',
    'nobody in this app is an administrator of the cluster, whoever deploys it included: name roles in admins, or give KubernetesAccess.clusterAdmin() with ClusterAccess.',
  );
}

function warnOfDns(scope: Construct): void {
  Validations.of(scope).addWarning(
    'cdk-containers:ClusterDnsAbsent',
    'this app installs no CoreDNS in the cluster, without which pods find no service by its name: give AddOn.coreDns() to the addOns of the first group of nodes.',
  );
}
