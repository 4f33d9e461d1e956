import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** For whom subnets are chosen, as errors say it. */
export interface SubnetWords {
  /** Such as 'nodes need private subnets'. */
  readonly need: string;
  /** Why public ones are wrong. */
  readonly because: string;
}

/** Subnets, and how they were chosen. */
export interface PrivateSubnets {
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly chosen: ec2.SelectedSubnets;
}

/** Chooses subnets that are not public: those with a way out, or the isolated ones of a VPC that has no others. */
export function choosePrivateSubnets(
  vpc: ec2.IVpc,
  given: ec2.SubnetSelection | undefined,
  words: SubnetWords,
): PrivateSubnets {
  const vpcSubnets = given ?? usualSubnets(vpc, words);
  const chosen = vpc.selectSubnets(vpcSubnets);
  // Before it was looked up, a VPC has only subnets that CDK made up: there is nothing to judge, and any of them will do.
  if (chosen.isPendingLookup) {
    const usual = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    return chosen.subnets.length > 0 ? { vpcSubnets, chosen } : { vpcSubnets: usual, chosen: vpc.selectSubnets(usual) };
  }
  if (chosen.subnets.length === 0) {
    throw new ContainersError(
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
  }
  if (!vpc.publicSubnets.some(({ subnetId }) => chosen.subnetIds.includes(subnetId))) return { vpcSubnets, chosen };
  throw new ContainersError(
    `vpcSubnets must not be public, because ${words.because}: leave it out for the private subnets`,
  );
}

function usualSubnets(vpc: ec2.IVpc, { need }: SubnetWords): ec2.SubnetSelection {
  if (vpc.privateSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  if (vpc.isolatedSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  throw new ContainersError(`${need}, and the VPC has none: use a VPC with private subnets`);
}
