import type {
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import type { LoadBalancerOptions } from './load-balancer-options';

/** Names that lead to a shared load balancer. */
export interface IngressDomain {
  /** The zone in which each name gets its alias record. */
  readonly zone: route53.IHostedZone;

  /** The names, in the zone: `example.com`, `*.example.com`. A wildcard stands for one label. */
  readonly names: string[];

  /**
   * A certificate of yours for all of the names.
   * @default - a new one, validated in the zone, which must then be public: an error if this app makes it private
   */
  readonly certificate?: acm.ICertificate;
}

/** Properties of an `Ingress`. */
export interface IngressProps extends LoadBalancerOptions {
  /** The network of the load balancer and of the services. */
  readonly vpc: ec2.IVpc;

  /**
   * Names with their certificate and records. More of them, from other zones, with `addDomain`.
   * @default - none: then `certificates` or `plainHttp` is needed
   */
  readonly domain?: IngressDomain;

  /**
   * Certificates of yours, whose names are yours to point at the load balancer. After the domain's; the first of all is
   * the default.
   * @default - none
   */
  readonly certificates?: elbv2.IListenerCertificate[];

  /**
   * Speaks HTTP without encryption: for a load balancer inside the network, behind something that encrypts. Warns when it
   * is public.
   * @default false
   */
  readonly plainHttp?: boolean;
}

/** Properties of `Ingress.fromListener`. */
export interface FromListenerProps {
  /** The listener of a load balancer that others look after, also an imported one. */
  readonly listener: elbv2.IApplicationListener;

  /**
   * Its load balancer, which the records of `domain` point at.
   * @default - unknown
   */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /**
   * Names of yours on their load balancer: makes records, and adds a certificate to the listener.
   * @default - none: names and certificates are theirs
   */
  readonly domain?: IngressDomain;

  /**
   * Whether clients speak HTTPS to it.
   * @default true
   */
  readonly encrypted?: boolean;
}
