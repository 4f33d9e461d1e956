/**
 * Which way the control plane goes to webhooks and identity providers.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-egress.html
 */
export enum ControlPlaneEgress {
  /** Through a network of AWS. */
  AWS_MANAGED = 'AWS_MANAGED',

  /** Through your subnets, with your NAT gateways and firewalls. There is no way back for a cluster. */
  CUSTOMER_ROUTED = 'CUSTOMER_ROUTED',
}
