import { ContainersError } from './errors';
import { checkList } from './given';

/**
 * Fails unless it is a list of peers; undefined passes. Who writes null, or one peer without brackets, has somebody in
 * mind, and everyone would be the wrong answer.
 */
export function checkPeers(name: string, peers: unknown): void {
  if (peers === null) {
    throw new ContainersError(
      `${name} must be a list of peers, got null: leave it out, or give an empty list for nobody`,
    );
  }
  checkList(name, peers);
  (peers as unknown[] | undefined)?.forEach((peer) => checkPeer(name, peer));
}

function checkPeer(name: string, peer: unknown): void {
  const { toIngressRuleConfig } = (peer ?? {}) as { toIngressRuleConfig?: unknown };
  if (typeof toIngressRuleConfig === 'function') return;
  const shown = typeof peer === 'string' ? `'${peer}'` : String(peer);
  throw new ContainersError(
    `each of ${name} must be a peer such as ec2.Peer.ipv4('192.0.2.0/24') or a security group, got ${shown}`,
  );
}
