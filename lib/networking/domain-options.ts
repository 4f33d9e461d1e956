import type { aws_certificatemanager as acm, aws_route53 as route53 } from 'aws-cdk-lib';

/** A name of yours for one service, in a zone of Route 53. */
export interface DomainOptions {
  /** The name, `api.example.com`. */
  readonly name: string;

  /** The zone in which it gets its alias record. */
  readonly zone: route53.IHostedZone;

  /**
   * A certificate of yours for the name, of the same region.
   * @default - a new one where something is encrypted, validated in the zone, which must then be public: an error if this
   * app makes it private
   */
  readonly certificate?: acm.ICertificate;
}
