import { ContainersError, isToken } from './errors';

/**
 * Until when EKS supports versions of Kubernetes, as of 21 November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html#kubernetes-release-calendar.
 * For newer versions AWS had published no dates where this was looked up.
 */
const AS_OF = '2026-11-21';

/** The last days of a version. */
interface Support {
  readonly standard: string;
  readonly extended: string;
}

const SUPPORT: { readonly [version: string]: Support } = {
  '1.30': { standard: '2025-07-23', extended: '2026-07-23' },
  '1.31': { standard: '2025-11-26', extended: '2026-11-26' },
  '1.32': { standard: '2026-03-23', extended: '2027-03-23' },
  '1.33': { standard: '2026-07-29', extended: '2027-07-29' },
  '1.34': { standard: '2026-12-02', extended: '2027-12-02' },
  '1.35': { standard: '2027-03-27', extended: '2028-03-27' },
};

/** The minor version of the first row; what is older ended before. */
const OLDEST = 30;

/** The minor version; undefined for a token. Fails for what EKS would not understand. */
export function minorVersion(version: string): number | undefined {
  if (isToken(version)) return undefined;
  const [, minor] = /^1\.(\d{1,3})$/.exec(version) ?? [];
  if (minor !== undefined) return Number(minor);
  throw new ContainersError(
    `version must be a minor version of Kubernetes such as eks.KubernetesVersion.V1_36, got '${version}': EKS chooses the patch`,
  );
}

/** What is wrong with a version by its age. */
export interface AgedVersion {
  readonly id: 'ClusterVersionExtended' | 'ClusterVersionUnsupported';
  readonly message: string;
}

/**
 * What to say of an old version; undefined for one in standard support, and for newer ones than the table knows. It compares
 * with the day of the table, not with today, so that the same app always gives the same result.
 */
export function agedVersion(version: string): AgedVersion | undefined {
  const minor = minorVersion(version);
  if (minor === undefined) return undefined;
  const support = SUPPORT[version];
  if (minor < OLDEST || (support && support.extended <= AS_OF)) {
    return {
      id: 'ClusterVersionUnsupported',
      message: `EKS ended the support of Kubernetes ${version}${support ? ` on ${support.extended}` : ''}: it makes no such cluster, and moves those that are left to a newer version by itself. Choose a newer one.`,
    };
  }
  if (!support || support.standard > AS_OF) return undefined;
  return {
    id: 'ClusterVersionExtended',
    message: `Kubernetes ${version} has been in extended support since ${support.standard}, until ${support.extended}: a cluster costs six times as much there, and one without \`extendedSupport\` is moved to a newer version by EKS. Choose a newer one.`,
  };
}
