import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AddOnOptions } from './add-on-options';
import { coreDns } from './add-ons/core-dns';
import type { CoreDnsOptions } from './add-ons/core-dns';
import { kubeProxy } from './add-ons/kube-proxy';
import { other } from './add-ons/other';
import type { OtherAddOnOptions } from './add-ons/other';
import { podIdentityAgent } from './add-ons/pod-identity-agent';
import { vpcCni } from './add-ons/vpc-cni';
import type { VpcCniOptions } from './add-ons/vpc-cni';

/** What an add-on is made for. */
export interface AddOnRequest {
  readonly cluster: eks.ICluster;
  /** Pods run on Fargate only. */
  readonly fargateOnly?: boolean;
  readonly ipv6?: boolean;
}

/** What a kind of add-on does. */
export interface AddOnKind {
  /** Such as 'vpc-cni'. */
  readonly name: string;
  /** Whether its pods wait for a node, so that it is made after them. */
  readonly needsNodes: boolean;
  /** Whether EKS attaches network interfaces for it, which the role of the cluster must allow. */
  readonly controlsInterfaces?: boolean;
  bind(scope: Construct, request: AddOnRequest): eks.CfnAddon;
}

/**
 * Software that EKS installs in a cluster and looks after: a value for the `addOns` of an `EksCluster` or of its nodes, and for
 * `ClusterAddOn`.
 *
 * Nodes need `vpcCni`, `kubeProxy` and `podIdentityAgent` before they start, and `coreDns` needs nodes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export class AddOn {
  /**
   * The network plugin of Amazon VPC: pods have addresses of the VPC. It has an identity of its own, so that nodes need no
   * permission on network interfaces. Made before nodes, which are not ready without it.
   * @throws when options contradict each other, or when the cluster's addresses are IPv6 and an option is for IPv4 only
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
   */
  public static vpcCni(options: VpcCniOptions = {}): AddOn {
    return AddOn._of(vpcCni(options));
  }

  /**
   * What leads the addresses of services to their pods, on each node. Made before nodes.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
   */
  public static kubeProxy(options: AddOnOptions = {}): AddOn {
    return AddOn._of(kubeProxy(options));
  }

  /**
   * What hands pods the credentials of their `PodIdentityRole`, on each node. Made before nodes, and before add-ons of the same
   * list that have identities.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
   */
  public static podIdentityAgent(options: AddOnOptions = {}): AddOn {
    return AddOn._of(podIdentityAgent(options));
  }

  /**
   * The names of services in the cluster. Made after nodes, because its pods need them; where there is nothing but Fargate, it
   * runs there.
   * @throws when replicas are both fixed and scaled
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
   */
  public static coreDns(options: CoreDnsOptions = {}): AddOn {
    return AddOn._of(coreDns(options));
  }

  /**
   * Any other add-on, of AWS, the community or AWS Marketplace, by the name that `aws eks describe-addon-versions` prints.
   * @throws when an option has a form that EKS does not take, or when there is a factory for the add-on
   * @see https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
   */
  public static of(name: string, options: OtherAddOnOptions = {}): AddOn {
    return AddOn._of(other(name, options));
  }

  /** @internal */
  public static _of(kind: AddOnKind): AddOn {
    return new AddOn(kind);
  }

  private constructor(private readonly kind: AddOnKind) {}

  /** @internal */
  public get _kind(): AddOnKind {
    return this.kind;
  }
}
