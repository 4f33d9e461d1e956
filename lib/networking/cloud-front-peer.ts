import { Aws, aws_ec2 as ec2, CfnMapping, Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { originFacingMapping, originFacingPrefixList } from '../rules/cloudfront';
import { ContainersError, isToken } from '../rules/errors';
import { checkGiven } from '../rules/given';

/**
 * CloudFront as a peer of a security group: the addresses from which its edge asks origins, an AWS-managed prefix list.
 *
 * Every distribution of every account has these addresses. A public load balancer also needs a secret header, which
 * only yours sends; one behind a VPC origin is reached by distributions of its account alone.
 *
 * The list counts as 55 of the 60 rules that a security group may have: open one port to it, and no second one, for a
 * redirect to HTTPS for example, which CloudFront does itself. It has IPv4 addresses only.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html#managed-prefix-list
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export class CloudFrontPeer implements ec2.IPeer {
  /**
   * The peer for security groups of a stack.
   *
   * Creates: nothing in a stack with a region; in one without a mapping of regions, `CloudFrontOriginFacing`, where a
   * region that it does not have fails the deployment.
   *
   * @param scope in the stack of the security group
   * @throws when the stack's region is none of those whose list is known; `ec2.Peer.prefixList(id)` is for them
   */
  public static originFacing(scope: Construct): CloudFrontPeer {
    checkGiven('scope of CloudFrontPeer.originFacing', scope);
    return new CloudFrontPeer(Stack.of(scope));
  }

  /** Rules with it are resources of their own. */
  public readonly canInlineRule: boolean = false;
  /** The same in all regions, so that rules keep their ids when a stack gets a region. */
  public readonly uniqueId: string = 'CloudFront';
  /** Its network side. */
  public readonly connections: ec2.Connections;
  /** The id of the prefix list, for rules in the stack of `scope`, or in one with a known region. */
  public readonly prefixListId: string;

  private constructor(stack: Stack) {
    const here = idIn(stack);
    this.connections = new ec2.Connections({ peer: this });
    this.prefixListId = Lazy.uncachedString({
      produce: ({ scope }) => {
        const user = Stack.of(scope);
        if (user === stack) return here;
        if (!isToken(user.region)) return originFacingPrefixList(user.region);
        throw new ContainersError(
          `CloudFrontPeer must have a scope in the stack that uses it, got '${stack.node.path}' for '${user.node.path}': make one there`,
        );
      },
    });
  }

  /** What a security group lets in. */
  public toIngressRuleConfig(): ec2.IngressRuleConfig {
    return { sourcePrefixListId: this.prefixListId };
  }

  /** What a security group lets out. */
  public toEgressRuleConfig(): ec2.EgressRuleConfig {
    return { destinationPrefixListId: this.prefixListId };
  }
}

function idIn(stack: Stack): string {
  if (!isToken(stack.region)) return originFacingPrefixList(stack.region);
  const id = 'CloudFrontOriginFacing';
  const made = stack.node.tryFindChild(id) as CfnMapping | undefined;
  const mapping = made ?? new CfnMapping(stack, id, { mapping: originFacingMapping() });
  return mapping.findInMap(Aws.REGION, 'PrefixListId');
}
