import { clusterFacts } from './cluster-facts';
import type { ChosenNodes } from './nodes';
import { awaitService } from './self-managed-warm-pool';
import { ContainersError } from '../../rules/errors';
import { checkUserDataSize } from '../../rules/node-settings';
import { checkMade, checkNodeVersion } from '../../rules/self-managed-nodes';
import type { NodeImageParts } from '../node-image';
import type { SelfManagedNodesProps } from '../self-managed-nodes-props';

/** The version whose image the nodes start. An image of the user's own is for one version, whichever that is. */
export function nodeVersion({ cluster, version }: SelfManagedNodesProps, { amiType }: NodeImageParts): string {
  checkMade('version', version?.version, version, 'an eks.KubernetesVersion such as eks.KubernetesVersion.V1_36');
  const ofCluster = clusterFacts(cluster).version;
  const wanted = version?.version ?? ofCluster;
  if (wanted !== undefined) {
    checkNodeVersion(wanted, ofCluster);
    return wanted;
  }
  if (amiType === undefined) return '';
  throw new ContainersError(
    'version must be given for a cluster that does not tell its own, got none: the image depends on it, so pass that of the cluster, such as eks.KubernetesVersion.V1_36',
  );
}

/** The user data with which nodes join: when they start, or when Auto Scaling takes them from a warm pool. */
export function joinOf({ cluster, serviceCidr, warmPool }: SelfManagedNodesProps, chosen: ChosenNodes): string {
  const { labels, taints, image } = chosen;
  const userData = image.join({ cluster, serviceCidr, labels, taints });
  return warmPool ? checkUserDataSize(awaitService(userData, image)) : userData;
}
