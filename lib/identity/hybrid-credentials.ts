import type {
  aws_acmpca as acmpca,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_rolesanywhere,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EksPolicy } from '../rules/eks-findings';
import { rolesAnywhere } from './hybrid-credentials/roles-anywhere';
import { systemsManager } from './hybrid-credentials/systems-manager';

/** Options of `HybridCredentials.systemsManager`. */
export interface SystemsManagerOptions {
  /**
   * How many machines may register with the activation that an operator makes.
   * @default 1
   */
  readonly registrationLimit?: number;
}

/** Options of `HybridCredentials.rolesAnywhere`: whom to trust is said once, by one of the first three. */
export interface RolesAnywhereOptions {
  /**
   * The ARN of a trust anchor that you have.
   * @default - one is made
   */
  readonly trustAnchorArn?: string;

  /**
   * The certificate authority of AWS Private CA that signs the certificates of the nodes.
   * @default - none
   */
  readonly certificateAuthority?: acmpca.ICertificateAuthority;

  /**
   * The certificates, as the text of a PEM file, of the authority that signs those of the nodes: one of your own, because IAM
   * Roles Anywhere takes none of the public ones. Never a key.
   * @default - none
   */
  readonly certificateBundle?: string;

  /**
   * What in the certificate of a node is its name in Kubernetes: a node gets in under no other.
   * @default 'x509Subject/CN', the common name
   */
  readonly nodeNameAttribute?: string;

  /**
   * How long credentials last, from 15 minutes to 12 hours; nodes renew them.
   * @default Duration.hours(1)
   */
  readonly sessionDuration?: Duration;
}

/** What nodes are told when their role is there. */
export interface HybridAccess {
  /** The part of the NodeConfig of nodeadm that says where credentials come from. */
  readonly nodeConfig: { readonly [key: string]: unknown };
  readonly trustAnchor?: aws_rolesanywhere.CfnTrustAnchor;
  readonly profile?: aws_rolesanywhere.CfnProfile;
  readonly activationCommand?: string;
}

/** What a way of getting credentials asks of the role. */
export interface HybridCredentialsParts {
  /** Who assumes it; it may refer to what `complete` makes. */
  readonly assumedBy: iam.PrincipalBase;
  /** What else who assumes it does. */
  readonly trust: iam.PolicyStatement[];
  /** Names of policies of AWS. */
  readonly managedPolicies: EksPolicy[];
  readonly statements: iam.PolicyStatement[];
  readonly sessionDuration?: Duration;
  /** Makes what belongs to the role, when it is there. */
  complete(scope: Construct, role: iam.IRole): HybridAccess;
}

/** What a way of getting credentials does. */
export interface HybridCredentialsKind {
  bind(stack: Stack, cluster: eks.ICluster): HybridCredentialsParts;
}

/**
 * How nodes outside AWS get credentials of AWS: they have none of their own.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html
 */
export class HybridCredentials {
  /**
   * By Systems Manager: an operator makes an activation, whose code each machine shows once. For those who have no
   * certificates. CloudFormation makes no activations, and its code is a secret: `activationCommand` says how to make one.
   *
   * AWS's own policy for it, AmazonSSMManagedInstanceCore, lets the nodes read all parameters of Systems Manager in the account;
   * a permissions boundary on the role takes that away.
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
   * @throws when `registrationLimit` is out of bounds
   */
  public static systemsManager(options: SystemsManagerOptions = {}): HybridCredentials {
    return HybridCredentials._of(systemsManager(options));
  }

  /**
   * By IAM Roles Anywhere: each machine has a certificate of an authority that you trust. For those who have such an
   * authority.
   * @throws unless one says whom to trust, or when `sessionDuration` is out of bounds
   * @see https://docs.aws.amazon.com/rolesanywhere/latest/userguide/introduction.html
   */
  public static rolesAnywhere(options: RolesAnywhereOptions): HybridCredentials {
    return HybridCredentials._of(rolesAnywhere(options));
  }

  /** @internal */
  public static _of(kind: HybridCredentialsKind): HybridCredentials {
    return new HybridCredentials(kind);
  }

  private constructor(private readonly kind: HybridCredentialsKind) {}

  /** @internal */
  public _bind(stack: Stack, cluster: eks.ICluster): HybridCredentialsParts {
    return this.kind.bind(stack, cluster);
  }
}
