import { Size, Tokenization } from 'aws-cdk-lib';
import type { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import { isToken } from '../../rules/errors';
import { USUAL_DISK } from '../../rules/node-images';
import { effectName } from '../../rules/node-labels';
import { checkAutoscalerTags, podStorageGiB, tooManyTags } from '../../rules/self-managed-nodes';
import { gibibytes } from '../../rules/sizes';
import type { NodeTaint } from '../node-options';

/** What an Auto Scaling group says of its nodes. */
export interface GroupTags {
  readonly clusterName: string;
  readonly labels: { readonly [key: string]: string };
  readonly taints: NodeTaint[];
  readonly volumeSize?: Size;
  /** Whether Cluster Autoscaler may find the group. */
  readonly autoscaler: boolean;
  /** Whether AWS Node Termination Handler drains the nodes. */
  readonly drained: boolean;
}

/** The strongest last: a tag has room for one of several with the same key. */
const STRENGTH = ['PREFER_NO_SCHEDULE', 'NO_SCHEDULE', 'NO_EXECUTE'];

const AUTOSCALER = 'k8s.io/cluster-autoscaler';

/**
 * Tags the group, and its instances with what belongs to them. Keys may be known at deployment only: a list of tags takes
 * them, where a map of keys could not.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/worker.html
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md#auto-discovery-setup
 */
export function tagGroup(group: autoscaling.AutoScalingGroup, options: GroupTags): void {
  const { tags } = group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
  const set = (key: string, value: string, toInstances: boolean) => tags.setTag(key, value, undefined, toInstances);
  const ofNodes = [
    [`kubernetes.io/cluster/${options.clusterName}`, 'owned'],
    ...(options.drained ? [['aws-node-termination-handler/managed', 'true']] : []),
  ];
  ofNodes.forEach(([key, value]) => set(key, value, true));
  if (!options.autoscaler) return;
  group.node.addValidation({
    validate() {
      const tooMany = tooManyTags(Object.keys(tags.tagValues()).length);
      return tooMany === undefined ? [] : [tooMany];
    },
  });

  const ofGroup = [
    [`${AUTOSCALER}/enabled`, 'true'],
    [`${AUTOSCALER}/${options.clusterName}`, 'owned'],
    [`${AUTOSCALER}/node-template/resources/ephemeral-storage`, storageOf(options.volumeSize)],
  ];
  const templates = [
    ...Object.entries(options.labels).map(([key, value]) => [`${AUTOSCALER}/node-template/label/${key}`, value]),
    ...taintTags(options.taints),
  ];
  checkAutoscalerTags(
    templates.map(([key]) => key),
    ofNodes.length + ofGroup.length,
  );
  [...ofGroup, ...templates].forEach(([key, value]) => set(key, value, false));
}

function taintTags(taints: NodeTaint[]): string[][] {
  const strength = ({ effect }: NodeTaint) => STRENGTH.indexOf(effect);
  const tags = [...taints]
    .sort((one, other) => strength(one) - strength(other))
    .map(({ key, value = '', effect }) => [
      `${AUTOSCALER}/node-template/taint/${key}`,
      `${value}:${effectName(effect)}`,
    ]);
  return Object.entries(Object.fromEntries(tags));
}

function storageOf(volumeSize = Size.gibibytes(USUAL_DISK.linux)): string {
  const size = gibibytes(volumeSize);
  return isToken(size) ? `${Tokenization.stringifyNumber(size)}Gi` : `${podStorageGiB(size)}Gi`;
}
