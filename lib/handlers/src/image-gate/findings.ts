import type { EnhancedImageScanFinding, ImageScanFinding, ImageScanFindings } from '@aws-sdk/client-ecr';
import { Refusal } from '../shared/custom-resource';

/** Worst first. */
export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** What ECR and Amazon Inspector call vulnerabilities that nobody has rated yet. */
const UNRATED = ['UNDEFINED', 'UNTRIAGED'];

export interface Finding {
  readonly id: string;
  readonly severity: string;
  /** The package. */
  readonly in: string;
  /** Of Amazon Inspector. */
  readonly enhanced: boolean;
  /** Nobody has fixed it so far. */
  readonly unfixed: boolean;
}

/** What is refused. */
export interface Policy {
  readonly refuse: string;
  readonly fixAvailableOnly: boolean;
  readonly allow: string[];
}

/** The findings that are refused, worst first. */
export function refused(findings: Finding[], { refuse, fixAvailableOnly, allow }: Policy): Finding[] {
  return findings
    .filter(({ severity }) => rank(severity) <= rank(refuse))
    .filter(({ unfixed }) => !(fixAvailableOnly && unfixed))
    .filter(({ id }) => !allow.includes(id))
    .sort((one, other) => rank(one.severity) - rank(other.severity));
}

/** Reads one page of a scan. What it does not understand is refused, never passed over. */
export function findingsOf(page: ImageScanFindings | undefined, what: string): Finding[] {
  const { findings, enhancedFindings } = page ?? {};
  if (!Array.isArray(findings) && !Array.isArray(enhancedFindings)) {
    throw new Refusal(`the scan of ${what} could not be read: it has no list of findings`);
  }
  const all = [...(findings ?? []).map(basic), ...(enhancedFindings ?? []).filter(isOpen).map(enhanced)];
  const odd = all.find(({ severity }) => ![...SEVERITIES, ...UNRATED].includes(severity));
  if (odd) throw new Refusal(`the scan of ${what} could not be read: ${odd.id} has the severity ${odd.severity}`);
  return all;
}

function basic({ name, severity, attributes = [] }: ImageScanFinding): Finding {
  const packageName = attributes.find(({ key }) => key === 'package_name')?.value;
  return {
    id: name ?? 'a finding without a name',
    severity: String(severity),
    in: packageName ?? 'an unknown package',
    enhanced: false,
    unfixed: false,
  };
}

function enhanced(finding: EnhancedImageScanFinding): Finding {
  const { vulnerabilityId, vulnerablePackages = [] } = finding.packageVulnerabilityDetails ?? {};
  return {
    id: vulnerabilityId ?? finding.title ?? 'a finding without a name',
    severity: String(finding.severity),
    in: vulnerablePackages[0]?.name ?? 'an unknown package',
    enhanced: true,
    unfixed: finding.fixAvailable === 'NO',
  };
}

/** Amazon Inspector also tells of findings that were suppressed by a rule of the account, or are gone. */
function isOpen({ status }: EnhancedImageScanFinding): boolean {
  return status !== 'SUPPRESSED' && status !== 'CLOSED';
}

function rank(severity: string): number {
  return SEVERITIES.includes(severity) ? SEVERITIES.indexOf(severity) : SEVERITIES.length - 1;
}
