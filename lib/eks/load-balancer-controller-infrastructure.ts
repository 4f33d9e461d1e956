import { Stack } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { controllerIdentity } from './private/controller-identity';
import { networkOf } from './private/controller-network';
import { grantStatements, placeOf } from './private/controller-policies';
import { checkClusterOf } from '../identity/private/checks';
import { EKS_WILDCARDS } from '../rules/eks-findings';
import { ContainersError } from '../rules/errors';
import { checkBoolean } from '../rules/given';
import { loadBalancerStatements } from '../rules/load-balancer-controller-policies';

/** Properties of `LoadBalancerControllerInfrastructure`. */
export interface LoadBalancerControllerInfrastructureProps {
  /** The cluster, of this app or an imported one. */
  readonly cluster: eks.ICluster;

  /**
   * The network in which load balancers are made. An imported cluster may not know it.
   * @default - that of the cluster
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The namespace in which you install the chart.
   * @default 'kube-system'
   */
  readonly namespace?: string;

  /**
   * The service account of the controller. The chart makes it.
   * @default 'aws-load-balancer-controller'
   */
  readonly serviceAccount?: string;

  /**
   * Gives the controller its role by IAM roles for service accounts instead of EKS Pod Identity: for controllers on Fargate,
   * where there is no Pod Identity.
   * @default false
   */
  readonly irsa?: boolean;

  /**
   * Lets ingresses name web ACLs of AWS WAF. The controller must be told when it may not: `helmValues` does.
   * In a network without a way to the internet it must be false.
   * @default true
   */
  readonly allowWebAcls?: boolean;

  /**
   * Lets ingresses ask for AWS Shield Advanced. The controller must be told when it may not: `helmValues` does.
   * In a network without a way to the internet it must be false.
   * @default true
   */
  readonly allowShield?: boolean;

  /**
   * Lets ingresses have users sign in with Amazon Cognito.
   * @default true
   */
  readonly allowCognito?: boolean;
}

/**
 * What the AWS Load Balancer Controller needs of AWS, to make load balancers of ingresses, services and gateways. You install
 * its chart with Argo CD, Flux or Helm, and pass it `helmValues`: nothing of this library acts inside of a cluster.
 *
 * The permissions are those that the controller documents for its release 3.5, and fewer: it may change only what has the tag
 * of this cluster, and open ports only in the network of this cluster.
 *
 * Delete ingresses, services of type LoadBalancer and gateways before the cluster goes, and before this goes: the controller is
 * who removes their load balancers, whose network interfaces otherwise keep the network from being deleted.
 *
 * Creates: `controllerRole` with its policies. It costs nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/aws-load-balancer-controller.html
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/
 */
export class LoadBalancerControllerInfrastructure extends Construct {
  /** Who the controller is: a `PodIdentityRole`, or an `IrsaRole`. */
  public readonly controllerRole: iam.IRole;

  /**
   * What the chart `aws-load-balancer-controller` needs to know: the cluster, the region, the network, the service account. It
   * may hold tokens: write it out with `stack.toJsonString(…)`. Without region and network the controller would ask the
   * instance metadata, which hardened nodes keep from pods.
   */
  public readonly helmValues: { readonly [key: string]: unknown };

  /**
   * @throws when the cluster does not know its network, when `vpc` is another one, when the cluster is in another account or
   * region, or when it has nothing but Fargate and `irsa` is not true
   */
  constructor(scope: Construct, id: string, props: LoadBalancerControllerInfrastructureProps) {
    super(scope, id);
    checkClusterOf(props);
    const { cluster, vpc, irsa, allowWebAcls = true, allowShield = true, allowCognito = true } = props;
    Object.entries({ irsa, allowWebAcls, allowShield, allowCognito }).forEach(([name, value]) =>
      checkBoolean(name, value),
    );
    const { vpcId } = knownNetwork(cluster, vpc);
    const place = placeOf(this, cluster);
    const { namespace = 'kube-system', serviceAccount = 'aws-load-balancer-controller' } = props;
    const identity = controllerIdentity(this, { cluster, namespace, serviceAccount, irsa }, CONTROLLER);
    this.controllerRole = identity.role;
    const reach = { vpcId, webAcls: allowWebAcls, shield: allowShield, cognito: allowCognito };
    grantStatements(this.controllerRole, loadBalancerStatements(place, reach), EKS_WILDCARDS.loadBalancerController);
    this.helmValues = {
      clusterName: cluster.clusterName,
      region: Stack.of(this).region,
      vpcId,
      serviceAccount: identity.serviceAccount,
      ...(allowWebAcls ? {} : { enableWaf: false, enableWafv2: false }),
      ...(allowShield ? {} : { enableShield: false }),
    };
  }
}

const CONTROLLER = { id: 'LoadBalancerController', builtIn: 'makes load balancers' };

function knownNetwork(cluster: eks.ICluster, vpc: ec2.IVpc | undefined): ec2.IVpc {
  const network = networkOf(cluster, vpc);
  if (network) return network;
  throw new ContainersError(
    `vpc must be given for a cluster that was imported without one, got '${cluster.node.path}': the controller needs to know where it makes load balancers`,
  );
}
