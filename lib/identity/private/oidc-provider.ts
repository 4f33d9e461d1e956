import { aws_eks_v2 as eks, FeatureFlags, Stack } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { identityOf } from './cluster-key';
import { ContainersError } from '../../rules/errors';
import { isOfType, resourcesOf } from '../../rules/resources';

/** Under which the L2 makes its provider without a Lambda function. */
const NATIVE = '@aws-cdk/aws-eks:useNativeOidcProvider';

/** The L2 has its provider under one of these. */
const OF_THE_L2 = ['OidcProviderNative', 'OpenIdConnectProvider'];

/** What was made here, by the resource of the cluster. */
const made = new WeakMap<IConstruct, eks.OidcProviderNative>();

/** The provider of a cluster: one for all roles, in the stack of the cluster, for IAM has one for each issuer. */
export function providerOf(cluster: eks.ICluster): iam.IOpenIdConnectProvider {
  const resource = cluster.node.defaultChild;
  if (!isOfType(resource, 'AWS::EKS::Cluster')) return importedProvider(cluster);
  const isMade = OF_THE_L2.some((id) => cluster.node.tryFindChild(id));
  if (isMade || FeatureFlags.of(cluster).isEnabled(NATIVE)) {
    checkOnly(cluster, cluster.openIdConnectProvider);
    return cluster.openIdConnectProvider;
  }

  const known = made.get(resource);
  if (known) return known;
  const stack = Stack.of(cluster);
  const provider = new eks.OidcProviderNative(stack, `OidcProvider-${stack.resolve(resource.logicalId)}`, {
    url: (resource as eks.CfnCluster).attrOpenIdConnectIssuerUrl,
  });
  made.set(resource, provider);
  checkOnly(cluster, provider);
  provider.node.addValidation({
    validate: () =>
      OF_THE_L2.filter((each) => cluster.node.tryFindChild(each)).map(
        (each) =>
          `the cluster '${cluster.node.path}' must have one OpenID Connect provider, got '${provider.node.path}' and '${cluster.node.path}/${each}': set the feature flag ${NATIVE}, so that all share one`,
      ),
  });
  return provider;
}

const checked = new WeakSet<IConstruct>();

/** Finds a provider that somebody made for the same issuer: IAM refuses the second one. */
function checkOnly(cluster: eks.ICluster, provider: iam.IOpenIdConnectProvider): void {
  if (checked.has(provider)) return;
  checked.add(provider);
  const issuer = identityOf(cluster, (cluster.node.defaultChild as eks.CfnCluster).attrOpenIdConnectIssuerUrl);
  provider.node.addValidation({
    validate: () =>
      resourcesOf<iam.CfnOIDCProvider>(cluster.node.root, 'AWS::IAM::OIDCProvider')
        .filter((each) => !each.node.scopes.includes(provider))
        .filter((each) => each.url !== undefined && identityOf(each, each.url) === issuer)
        .map(
          (each) =>
            `the cluster '${cluster.node.path}' must have one OpenID Connect provider, got '${provider.node.path}' and '${each.node.path}': use that of the cluster, or import the cluster with yours`,
        ),
  });
}

function importedProvider(cluster: eks.ICluster): iam.IOpenIdConnectProvider {
  try {
    return cluster.openIdConnectProvider;
  } catch {
    throw new ContainersError(
      `the cluster '${cluster.node.path}' must be imported with its openIdConnectProvider, got none: make that with iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn, or use PodIdentityRole`,
    );
  }
}
