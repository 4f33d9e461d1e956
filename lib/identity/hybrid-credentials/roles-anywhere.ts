import { aws_iam as iam, aws_rolesanywhere, Lazy, Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkOptions } from '../../rules/given';
import { checkCertificateTrust } from '../../rules/hybrid-nodes';
import type { HybridCredentialsKind, RolesAnywhereOptions } from '../hybrid-credentials';

const SERVICE = 'rolesanywhere.amazonaws.com';
const KNOWN = ['trustAnchorArn', 'certificateAuthority', 'certificateBundle', 'nodeNameAttribute', 'sessionDuration'];

/** Where AWS documents that nodes keep what they have got. */
const CERTIFICATE = { certificatePath: '/etc/iam/pki/server.pem', privateKeyPath: '/etc/iam/pki/server.key' };

/** Credentials by a certificate, of IAM Roles Anywhere. */
export function rolesAnywhere(options: RolesAnywhereOptions): HybridCredentialsKind {
  checkOptions('HybridCredentials.rolesAnywhere', options, KNOWN);
  checkCertificateTrust(options);
  const { nodeNameAttribute = 'x509Subject/CN', sessionDuration } = options;
  return {
    bind() {
      let trustAnchor: aws_rolesanywhere.CfnTrustAnchor | undefined;
      const made = () => Lazy.string({ produce: () => trustAnchor?.attrTrustAnchorArn });
      const trustAnchorArn = options.trustAnchorArn ?? made();
      const fromAnchor = { ArnEquals: { 'aws:SourceArn': trustAnchorArn } };
      return {
        // A node is in Kubernetes what its session is called, so that no node may take the name of another.
        assumedBy: new iam.ServicePrincipal(SERVICE, {
          conditions: {
            ...fromAnchor,
            StringEquals: { 'sts:RoleSessionName': `\${aws:PrincipalTag/${nodeNameAttribute}}` },
          },
        }),
        trust: [
          new iam.PolicyStatement({
            actions: ['sts:TagSession', 'sts:SetSourceIdentity'],
            principals: [new iam.ServicePrincipal(SERVICE)],
            conditions: fromAnchor,
          }),
        ],
        managedPolicies: [],
        statements: [],
        sessionDuration,
        complete(scope, role) {
          if (options.trustAnchorArn === undefined) trustAnchor = newTrustAnchor(scope, options);
          const profile = new aws_rolesanywhere.CfnProfile(scope, 'Profile', {
            name: nameOf(scope),
            enabled: true,
            roleArns: [role.roleArn],
            acceptRoleSessionName: true,
            durationSeconds: sessionDuration?.toSeconds(),
          });
          const { roleArn } = role;
          const access = { nodeName: 'NODE_NAME', trustAnchorArn, profileArn: profile.attrProfileArn, roleArn };
          return { trustAnchor, profile, nodeConfig: { iamRolesAnywhere: { ...access, ...CERTIFICATE } } };
        },
      };
    },
  };
}

function newTrustAnchor(
  scope: Construct,
  { certificateAuthority, certificateBundle }: RolesAnywhereOptions,
): aws_rolesanywhere.CfnTrustAnchor {
  return new aws_rolesanywhere.CfnTrustAnchor(scope, 'TrustAnchor', {
    name: nameOf(scope),
    enabled: true,
    source: certificateAuthority
      ? { sourceType: 'AWS_ACM_PCA', sourceData: { acmPcaArn: certificateAuthority.certificateAuthorityArn } }
      : { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: certificateBundle } },
  });
}

/** CloudFormation gives no names to these, and asks for one; nothing else goes by it. */
function nameOf(scope: Construct): string {
  return Names.uniqueResourceName(scope, { maxLength: 128, separator: '-' });
}
