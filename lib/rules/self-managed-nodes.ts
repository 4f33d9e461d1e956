import type { Duration } from 'aws-cdk-lib';
import { checkSeconds, checkWhole, ContainersError, isToken } from './errors';

/**
 * Facts about groups of nodes that join by themselves, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html (how long a hook waits),
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html (50 tags, 128 characters of a key),
 * https://kubernetes.io/releases/version-skew-policy/ (kubelet is never newer than the API server, and at most three older).
 */
const DRAIN_SECONDS = { min: 30, max: 7200 };
const TAGS = 50;
const TAG_KEY = 128;
const VERSIONS_BEHIND = 3;

/**
 * Fails for what was given but is not what it should be.
 * @param sign a text that it has if it is
 */
export function checkMade(name: string, sign: unknown, given: unknown, allowed: string): void {
  if (given === undefined || typeof sign === 'string') return;
  throw new ContainersError(
    `${name} must be ${allowed}, got ${typeof given === 'string' ? `'${given}'` : 'something else'}`,
  );
}

/** The part of a disk that kubelet keeps free, and what it reserves for itself. */
const EVICTION = 0.1;
const RESERVED_GIB = 1;

/** Fails unless a lifecycle hook can wait that long. */
export function checkDrainTimeout(timeout: Duration | undefined): void {
  checkSeconds('drainTimeout', timeout, DRAIN_SECONDS);
}

/** Fails when an Auto Scaling group cannot have the tags by which an autoscaler knows it. */
export function checkAutoscalerTags(keys: string[], others: number): void {
  const long = keys.find((key) => !isToken(key) && key.length > TAG_KEY);
  const without = 'or set clusterAutoscaler to false, without which nothing scales the group from zero';
  if (long !== undefined) {
    throw new ContainersError(
      `labels and taints must have keys for which a tag of ${TAG_KEY} characters has room, got '${long}' with ${long.length}: shorten it, ${without}`,
    );
  }
  const room = TAGS - others;
  if (keys.length <= room) return;
  throw new ContainersError(
    `labels and taints must together be at most ${room}, because each is a tag of the Auto Scaling group, got ${keys.length}: use fewer, ${without}`,
  );
}

/** What is wrong with all tags of an Auto Scaling group, those of the app included; undefined when nothing is. */
export function tooManyTags(count: number): string | undefined {
  if (count <= TAGS) return undefined;
  return `an Auto Scaling group must have at most ${TAGS} tags, got ${count}: use fewer labels, taints and tags, or set clusterAutoscaler to false`;
}

/** Fails when nodes of a version cannot work with the control plane; unknown versions pass. */
export function checkNodeVersion(version: string, ofCluster: string | undefined): void {
  const [nodes, cluster] = [minorOf(version), minorOf(ofCluster)];
  if (nodes === undefined || cluster === undefined || (nodes <= cluster && nodes >= cluster - VERSIONS_BEHIND)) return;
  throw new ContainersError(
    `version must be that of the cluster, ${ofCluster}, or up to ${VERSIONS_BEHIND} before it, got ${version}: upgrade the ${nodes > cluster ? 'cluster' : 'nodes'} first`,
  );
}

function minorOf(version: string | undefined): number | undefined {
  const [, minor] = /^1\.(\d+)$/.exec(version ?? '') ?? [];
  return minor === undefined ? undefined : Number(minor);
}

/** What pods get of a disk. */
export function podStorageGiB(diskGiB: number): number {
  return Math.max(0, Math.floor(diskGiB * (1 - EVICTION)) - RESERVED_GIB);
}

/** Fails when nodes would start before their capacity block begins. */
export function checkCapacityBlock(minNodes: number): void {
  if (minNodes === 0 || isToken(minNodes)) return;
  throw new ContainersError(
    `minNodes must be 0 for a capacity block, got ${minNodes}: nothing starts before it begins, so scale out with autoScalingGroup.scaleOnSchedule() at its start, and in to 0 half an hour before its end`,
  );
}

/** Fails when more nodes must be On-Demand than there may be. */
export function checkOnDemandBase(base: number | undefined, maxNodes: number): void {
  checkWhole('onDemandBase of the capacity', base, { min: 0, max: isToken(maxNodes) ? Infinity : maxNodes });
}
