import { ContainersError } from './errors';

/**
 * The AWS-managed prefix list `com.amazonaws.global.cloudfront.origin-facing` (IPv4): its id in each region, which is
 * the same in all accounts. AWS tells it by `ec2:DescribeManagedPrefixLists` only.
 *
 * Source: https://github.com/widdix/aws-cf-templates (wordpress/wordpress-ha.yaml, March 2026), of whose regions only
 * those are here for which another public template or report names the same id (read November 2026). EC2 refuses an
 * id that does not exist, so that a wrong one fails the deployment and opens nothing.
 */
const ORIGIN_FACING: { readonly [region: string]: string } = {
  'af-south-1': 'pl-c0aa4fa9',
  'ap-east-1': 'pl-14b2577d',
  'ap-northeast-1': 'pl-58a04531',
  'ap-northeast-2': 'pl-22a6434b',
  'ap-northeast-3': 'pl-31a14458',
  'ap-south-1': 'pl-9aa247f3',
  'ap-south-2': 'pl-0a25c3463226fcc61',
  'ap-southeast-1': 'pl-31a34658',
  'ap-southeast-2': 'pl-b8a742d1',
  'ca-central-1': 'pl-38a64351',
  'eu-central-1': 'pl-a3a144ca',
  'eu-central-2': 'pl-00b37293991dbe6a8',
  'eu-north-1': 'pl-fab65393',
  'eu-south-1': 'pl-1bbc5972',
  'eu-west-1': 'pl-4fa04526',
  'eu-west-2': 'pl-93a247fa',
  'eu-west-3': 'pl-75b1541c',
  'il-central-1': 'pl-0dd89524416301988',
  'me-south-1': 'pl-17b2577e',
  'sa-east-1': 'pl-5da64334',
  'us-east-1': 'pl-3b927c52',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'us-west-2': 'pl-82a045eb',
};

/** The id of CloudFront's prefix list in a region. */
export function originFacingPrefixList(region: string): string {
  if (Object.hasOwn(ORIGIN_FACING, region)) return ORIGIN_FACING[region];
  throw new ContainersError(
    `the region must be one whose prefix list of CloudFront is known, got '${region}': find its id with 'aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing' and pass ec2.Peer.prefixList(id)`,
  );
}

/** All ids, as a mapping of CloudFormation. */
export function originFacingMapping(): { [region: string]: { [key: string]: string } } {
  return Object.fromEntries(Object.entries(ORIGIN_FACING).map(([region, id]) => [region, { PrefixListId: id }]));
}
