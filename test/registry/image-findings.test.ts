import { aws_ecr as ecr, Stack } from 'aws-cdk-lib';
import BASIC_SCAN from './events/ecr-scan.json';
import INSTANCE from './events/inspector-finding-ec2.json';
import FINDING from './events/inspector-finding.json';
import ENHANCED_SCAN from './events/inspector-scan.json';
import { ImageFindings, ScanType, Severity } from '../../lib';
import type { ImageFindingsOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { deployedRules, delivered } from '../support/event-pattern';
import type { Json } from '../support/event-pattern';
import { newApp, Template } from '../support/fixture';

const ACCOUNT = '111122223333';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const IMAGE = `shop/web@${DIGEST} (tag: 1.4.2) in ${ACCOUNT} eu-west-1`;
const ENHANCED = { scanning: ScanType.ENHANCED };

/** What a repository's findings make of an event, once deployed. */
function made(options: ImageFindingsOptions = {}) {
  const stack = new Stack(newApp(), 'Registry');
  const repository = new ecr.Repository(stack, 'Images');
  const findings = new ImageFindings(stack, 'Findings', { repository, ...options });
  const rules = deployedRules(Template.fromStack(stack), {
    Images: 'shop/web',
    'Images.Arn': `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/shop/web`,
    'AWS::AccountId': ACCOUNT,
  });
  const texts = (event: Json) => Object.values(rules).flatMap((rule) => delivered(rule, event) ?? []);
  return { findings, rules, texts };
}

const detail = (event: Json, more: Json) => ({ ...event, detail: { ...event.detail, ...more } });
const counts = (event: Json, given: Json) => detail(event, { 'finding-severity-counts': given });
const image = (more: Json) => {
  const [resource] = FINDING.detail.resources;
  const awsEcrContainerImage = { ...resource.details.awsEcrContainerImage, ...more };
  return detail(FINDING, { resources: [{ ...resource, details: { ...resource.details, awsEcrContainerImage } }] });
};

describe('the rules', () => {
  test.each<[string, ImageFindingsOptions, string[]]>([
    ['any scanning', {}, ['FindingsScanRule', 'FindingsFindingRule']],
    ['basic scanning', { scanning: ScanType.BASIC }, ['FindingsScanRule']],
    ['enhanced scanning', ENHANCED, ['FindingsScanRule', 'FindingsFindingRule']],
    ['what can be fixed', { ...ENHANCED, fixAvailableOnly: true }, ['FindingsFindingRule']],
    ['no wish for fixes', { scanning: ScanType.BASIC, fixAvailableOnly: false }, ['FindingsScanRule']],
  ])('for %s', (_name, options, names) => {
    const { findings, rules } = made(options);
    expect(Object.keys(rules)).toEqual(names);
    expect(findings.rules.map(({ node }) => `Findings${node.id}`)).toEqual(names);
  });

  test('look for both kinds of scans', () => {
    const { FindingsScanRule: rule } = made().rules;
    expect(rule.EventPattern).toEqual({
      source: ['aws.ecr', 'aws.inspector2'],
      'detail-type': ['ECR Image Scan', 'Inspector2 Scan'],
      detail: {
        'scan-status': ['COMPLETE', 'INITIAL_SCAN_COMPLETE'],
        'repository-name': ['shop/web', `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/shop/web`],
        'finding-severity-counts': {
          $or: [{ CRITICAL: [{ numeric: ['>', 0] }] }, { HIGH: [{ numeric: ['>', 0] }] }],
        },
      },
    });
  });

  test('look for vulnerabilities in the images', () => {
    const { FindingsFindingRule: rule } = made({ ...ENHANCED, fixAvailableOnly: true }).rules;
    expect(rule.EventPattern).toEqual({
      source: ['aws.inspector2'],
      'detail-type': ['Inspector2 Finding'],
      detail: {
        awsAccountId: [ACCOUNT],
        type: ['PACKAGE_VULNERABILITY'],
        status: ['ACTIVE'],
        severity: ['CRITICAL', 'HIGH'],
        fixAvailable: ['YES'],
        resources: { details: { awsEcrContainerImage: { repositoryName: ['shop/web'] } } },
      },
    });
  });
});

describe('the messages', () => {
  test('of basic scanning, with nothing where ECR counted nothing, and without a tag', () => {
    const text = `shop/web@${DIGEST} (tag: ) in ${ACCOUNT} eu-west-1 scanned: CRITICAL=2 HIGH=`;
    expect(made().texts(BASIC_SCAN)).toEqual([text]);
  });

  test('of enhanced scanning, with the first tag', () => {
    expect(made().texts(ENHANCED_SCAN)).toEqual([`${IMAGE} scanned: CRITICAL=1 HIGH=12`]);
  });

  test('of a vulnerability', () => {
    expect(made().texts(FINDING)).toEqual([
      `${IMAGE} HIGH vulnerability CVE-2026-00001 - libexample, example-utils, fix available: YES, https://nvd.nist.gov/vuln/detail/CVE-2026-00001`,
    ]);
  });

  test('of a vulnerability of which nobody knows whether it can be fixed', () => {
    const { fixAvailable: _fix, ...rest } = FINDING.detail;
    expect(made().texts({ ...FINDING, detail: rest })).toEqual([expect.stringContaining(', fix available: , https:')]);
  });

  test('count what was asked for', () => {
    const { texts } = made({ minSeverity: Severity.INFORMATIONAL });
    expect(texts(ENHANCED_SCAN)).toEqual([
      `${IMAGE} scanned: CRITICAL=1 HIGH=12 MEDIUM=30 LOW= INFORMATIONAL= UNDEFINED= TOTAL=71`,
    ]);
    expect(made({ minSeverity: Severity.CRITICAL }).texts(ENHANCED_SCAN)).toEqual([`${IMAGE} scanned: CRITICAL=1`]);
  });
});

const ALL = { minSeverity: Severity.INFORMATIONAL };
const MEDIUM = { minSeverity: Severity.MEDIUM };
const FIXED = { ...ENHANCED, fixAvailableOnly: true };
const deployed: Record<string, ReturnType<typeof made>> = {};
const OTHER_ARN = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/shop/web2`;

test.each<[string, Json, ImageFindingsOptions, boolean]>([
  ['a scan', BASIC_SCAN, {}, true],
  ['a scan', BASIC_SCAN, { scanning: ScanType.BASIC }, true],
  ['a basic scan', BASIC_SCAN, ENHANCED, false],
  ['a basic scan', BASIC_SCAN, FIXED, false],
  ['an enhanced scan', ENHANCED_SCAN, ENHANCED, true],
  ['an enhanced scan', ENHANCED_SCAN, { scanning: ScanType.BASIC }, false],
  ['an enhanced scan', ENHANCED_SCAN, FIXED, false],
  ['a vulnerability', FINDING, ENHANCED, true],
  ['a vulnerability', FINDING, { scanning: ScanType.BASIC }, false],
  ['a scan of another repository', detail(BASIC_SCAN, { 'repository-name': 'shop/web2' }), ALL, false],
  ['a scan of another repository', detail(ENHANCED_SCAN, { 'repository-name': OTHER_ARN }), ALL, false],
  ['a vulnerability of another repository', image({ repositoryName: 'shop/web2' }), ALL, false],
  ['a vulnerability of another account', detail(FINDING, { awsAccountId: '444455556666' }), ALL, false],
  ['a scan that failed', detail(BASIC_SCAN, { 'scan-status': 'FAILED' }), ALL, false],
  ['a scan that goes on', detail(ENHANCED_SCAN, { 'scan-status': 'ACTIVE' }), ALL, false],
  ['a scan that found nothing', counts(BASIC_SCAN, {}), ALL, false],
  ['a scan that found nothing', counts(ENHANCED_SCAN, { CRITICAL: 0, HIGH: 0, MEDIUM: 0, TOTAL: 0 }), ALL, false],
  ['a scan with high ones', counts(BASIC_SCAN, { HIGH: 1, LOW: 9 }), {}, true],
  ['a scan with high ones', counts(BASIC_SCAN, { HIGH: 1 }), { minSeverity: Severity.CRITICAL }, false],
  ['a scan with critical ones', counts(ENHANCED_SCAN, { CRITICAL: 1 }), { minSeverity: Severity.CRITICAL }, true],
  ['a scan with medium ones', counts(BASIC_SCAN, { MEDIUM: 1 }), {}, false],
  ['a scan with medium ones', counts(BASIC_SCAN, { MEDIUM: 1 }), MEDIUM, true],
  ['a scan with low ones', counts(BASIC_SCAN, { LOW: 1 }), MEDIUM, false],
  ['a scan with low ones', counts(BASIC_SCAN, { LOW: 1 }), { minSeverity: Severity.LOW }, true],
  ['a scan with informational ones', counts(BASIC_SCAN, { INFORMATIONAL: 1 }), { minSeverity: Severity.LOW }, false],
  ['a scan with informational ones', counts(BASIC_SCAN, { INFORMATIONAL: 1 }), ALL, true],
  ['a scan with undefined ones', counts(BASIC_SCAN, { UNDEFINED: 1 }), { minSeverity: Severity.LOW }, false],
  ['a scan with undefined ones', counts(BASIC_SCAN, { UNDEFINED: 1 }), ALL, true],
  [
    'a scan with untriaged ones',
    counts(ENHANCED_SCAN, { CRITICAL: 0, TOTAL: 1 }),
    { minSeverity: Severity.LOW },
    false,
  ],
  ['a scan with untriaged ones', counts(ENHANCED_SCAN, { CRITICAL: 0, TOTAL: 1 }), ALL, true],
  ['a critical vulnerability', detail(FINDING, { severity: 'CRITICAL' }), { minSeverity: Severity.CRITICAL }, true],
  ['a high vulnerability', FINDING, { minSeverity: Severity.CRITICAL }, false],
  ['a medium vulnerability', detail(FINDING, { severity: 'MEDIUM' }), {}, false],
  ['a medium vulnerability', detail(FINDING, { severity: 'MEDIUM' }), MEDIUM, true],
  ['an informational vulnerability', detail(FINDING, { severity: 'INFORMATIONAL' }), ALL, true],
  ['an untriaged vulnerability', detail(FINDING, { severity: 'UNTRIAGED' }), { minSeverity: Severity.LOW }, false],
  ['an untriaged vulnerability', detail(FINDING, { severity: 'UNTRIAGED' }), ALL, true],
  ['a suppressed vulnerability', detail(FINDING, { status: 'SUPPRESSED' }), ALL, false],
  ['a closed vulnerability', detail(FINDING, { status: 'CLOSED' }), ALL, false],
  ['another type of finding', detail(FINDING, { type: 'NETWORK_REACHABILITY' }), ALL, false],
  ['a vulnerability of an instance', INSTANCE, ALL, false],
  ['a vulnerability with a fix', FINDING, FIXED, true],
  ['a vulnerability without a fix', detail(FINDING, { fixAvailable: 'NO' }), {}, true],
  ['a vulnerability without a fix', detail(FINDING, { fixAvailable: 'NO' }), FIXED, false],
  ['a vulnerability with a fix for some packages', detail(FINDING, { fixAvailable: 'PARTIAL' }), {}, true],
  ['a vulnerability with a fix for some packages', detail(FINDING, { fixAvailable: 'PARTIAL' }), FIXED, false],
  ['a scan that somebody made up', { ...BASIC_SCAN, source: 'my.app' }, ALL, false],
  ['a finding that somebody made up', { ...FINDING, source: 'my.app' }, ALL, false],
  ['a call that CloudTrail recorded', { ...BASIC_SCAN, 'detail-type': 'AWS API Call via CloudTrail' }, ALL, false],
])('of %s %#', (_name, event, options, expected) => {
  const { texts } = (deployed[JSON.stringify(options)] ??= made(options));
  expect(texts(event)).toHaveLength(expected ? 1 : 0);
});

test.each<[string, object, string]>([
  [
    'a severity in lower case',
    { minSeverity: 'high' },
    "minSeverity must be one of CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, got 'high'",
  ],
  [
    'a severity of AWS that is none of ours',
    { minSeverity: 'UNTRIAGED' },
    "minSeverity must be one of CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, got 'UNTRIAGED'",
  ],
  ['an unknown kind of scanning', { scanning: 'FULL' }, "scanning must be one of BASIC, ENHANCED, got 'FULL'"],
  ['an empty kind of scanning', { scanning: '' }, "scanning must be one of BASIC, ENHANCED, got ''"],
  [
    'a wish for fixes with basic scanning',
    { scanning: ScanType.BASIC, fixAvailableOnly: true },
    'scanning must be ScanType.ENHANCED with fixAvailableOnly, got BASIC, which does not know of fixes: leave one of them out',
  ],
])('fails when given %s', (_name, options, message) => {
  expectFailure(() => made(options), message);
});
