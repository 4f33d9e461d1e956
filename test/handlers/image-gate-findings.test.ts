import type { Operation } from './fake-aws';
import enhanced1 from './fixtures/enhanced-1.json';
import enhanced2 from './fixtures/enhanced-2.json';
import { basic, CLEAN, DIGEST, found, Gate, none, status } from './gate';

const enhanced: Operation = ({ nextToken }) => (nextToken === 'page-2' ? enhanced2 : enhanced1);
const gate = new Gate();

describe('findings of basic scanning', () => {
  test('are read to the end, and the worst are named first', async () => {
    await gate.refuses(
      'shop/web:1.4.2 has 2 findings of severity HIGH or worse: CVE-2022-37434 CRITICAL in zlib, CVE-2021-3711 HIGH in openssl',
      basic,
    );
    const asked = {
      registryId: '111122223333',
      repositoryName: 'shop/web',
      imageId: { imageDigest: DIGEST },
      maxResults: 1_000,
    };
    expect(gate.aws.inputs('DescribeImageScanFindings')).toEqual([asked, { ...asked, nextToken: 'page-2' }]);
  });

  test('are read to the end when that is far', async () => {
    const page: Operation = ({ nextToken }) => {
      const number = Number(nextToken ?? 1);
      return {
        ...found({ name: `CVE-${number}`, severity: 'HIGH' }),
        nextToken: number < 4 ? `${number + 1}` : undefined,
      };
    };
    await gate.passes(page, { Allow: ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4'] });
    expect((await gate.ask(page, { Allow: ['CVE-1', 'CVE-2', 'CVE-3'] })).Reason).toContain('CVE-4 HIGH');
  });

  test('are there without a time too', async () => {
    const { seconds } = await gate.ask(() => ({
      ...status('COMPLETE'),
      imageScanFindings: { findings: [{ name: 'CVE-1', severity: 'LOW' }] },
    }));
    expect(seconds).toBe(0);
  });

  test('pass below the severity', async () => {
    await gate.passes(() => found({ name: 'CVE-1', severity: 'MEDIUM' }, { name: 'CVE-2', severity: 'UNDEFINED' }));
  });

  test.each([
    ['CRITICAL', 1],
    ['HIGH', 2],
    ['MEDIUM', 3],
    ['LOW', 3],
    ['INFORMATIONAL', 4],
  ])('that count from %s on are %d: what nobody has rated is informational', async (Refuse, count) => {
    const text = `has ${count} finding${count === 1 ? '' : 's'} of severity ${Refuse} or worse: CVE-2022-37434`;
    expect((await gate.ask(basic, { Refuse })).Reason).toContain(text);
  });

  test('pass by their names', async () => {
    await gate.passes(basic, { Allow: ['CVE-2021-3711', 'CVE-2022-37434'] });
    await gate.refuses('shop/web:1.4.2 has 1 finding of severity HIGH or worse: CVE-2021-3711 HIGH in openssl', basic, {
      Allow: ['CVE-2022-37434', 'CVE-2021-371'],
    });
  });

  test('count also when only fixable ones do, because it does not know', async () => {
    await gate.refuses(
      'shop/web:1.4.2 has 2 findings of severity HIGH or worse (all that was found counts, because basic scanning does not know which have a fix): CVE-2022-37434 CRITICAL in zlib, CVE-2021-3711 HIGH in openssl',
      basic,
      { FixAvailableOnly: 'true' },
    );
  });

  test('are counted when there are many', async () => {
    const many = Array.from({ length: 23 }, (_, number) => ({ name: `CVE-2024-${number}`, severity: 'HIGH' }));
    const { Reason } = await gate.ask(() => found(...many));
    expect(Reason).toMatch(
      /^shop\/web:1\.4\.2 has 23 findings of .+, CVE-2024-19 HIGH in an unknown package, and 3 more$/,
    );
    expect(Reason).not.toContain('CVE-2024-20');
  });

  test('need no name', async () => {
    await gate.refuses(
      'shop/web:1.4.2 has 1 finding of severity HIGH or worse: a finding without a name HIGH in an unknown package',
      () => found({ severity: 'HIGH' }),
    );
  });
});

describe('findings of enhanced scanning', () => {
  test('are read to the end, but for those that are suppressed or closed', async () => {
    await gate.refuses(
      'shop/web:1.4.2 has 3 findings of severity HIGH or worse: CVE-2023-45853 CRITICAL in zlib1g, CVE-2022-49043 HIGH in libxml2, GHSA-abcd-efgh-ijkl HIGH in an unknown package',
      enhanced,
    );
  });

  test('count only with a fix, when that is asked for', async () => {
    await gate.refuses(
      'shop/web:1.4.2 has 2 findings of severity HIGH or worse: CVE-2022-49043 HIGH in libxml2, GHSA-abcd-efgh-ijkl HIGH in an unknown package',
      enhanced,
      { FixAvailableOnly: 'true' },
    );
    await gate.passes(enhanced, { FixAvailableOnly: 'true', Allow: ['CVE-2022-49043', 'GHSA-abcd-efgh-ijkl'] });
  });

  test('count when it is not said whether there is a fix, or whether they are open', async () => {
    const [{ fixAvailable, status: open, ...rest }] = enhanced1.imageScanFindings.enhancedFindings;
    expect([fixAvailable, open]).toEqual(['YES', 'ACTIVE']);
    const page = { ...enhanced1, nextToken: undefined, imageScanFindings: { enhancedFindings: [rest] } };
    await gate.refuses(
      'shop/web:1.4.2 has 1 finding of severity HIGH or worse: CVE-2022-49043 HIGH in libxml2',
      () => page,
      {
        FixAvailableOnly: 'true',
      },
    );
  });

  test('have a title when they have no vulnerability', async () => {
    const finding = { severity: 'HIGH', status: 'ACTIVE', title: 'Something bad' };
    const page = { ...status('ACTIVE'), imageScanFindings: { enhancedFindings: [finding] } };
    await gate.refuses(
      'shop/web:1.4.2 has 1 finding of severity HIGH or worse: Something bad HIGH in an unknown package',
      () => page,
    );
  });

  test('are there when the scan has a time, whatever its status', async () => {
    const imageScanFindings = { enhancedFindings: [], imageScanCompletedAt: 1739203300 };
    await gate.passes(() => ({ ...status('ACTIVE'), imageScanFindings }));
    await gate.passes(() => ({ ...status('COMPLETE'), imageScanFindings }));
  });
});

describe('a scan that cannot be read', () => {
  const NO_LIST = 'the scan of shop/web:1.4.2 could not be read: it has no list of findings';

  test.each<[string, string, Operation]>([
    ['without lists', NO_LIST, () => ({ ...CLEAN, imageScanFindings: { imageScanCompletedAt: 1579839105 } })],
    [
      'without a list on a later page',
      NO_LIST,
      ({ nextToken }) => (nextToken ? status('COMPLETE') : { ...CLEAN, nextToken: 'page-2' }),
    ],
    [
      'without a severity',
      'the scan of shop/web:1.4.2 could not be read: CVE-1 has the severity undefined',
      () => found({ name: 'CVE-1' }),
    ],
    [
      'with an unknown severity',
      'the scan of shop/web:1.4.2 could not be read: CVE-1 has the severity TERRIBLE',
      () => found({ name: 'CVE-1', severity: 'TERRIBLE' }),
    ],
    [
      'that goes away while it is read',
      'the scan of shop/web:1.4.2 was gone before it was read to the end',
      ({ nextToken }) => (nextToken ? none() : { ...CLEAN, nextToken: 'page-2' }),
    ],
  ])('refuses the image: %s', async (_what, reason, scan) => {
    await gate.refuses(reason, scan);
    await gate.refuses(reason, scan, { DeployWithoutScan: 'true' });
  });

  test('refuses the image when the gate is asked for an unknown severity', async () => {
    await gate.refuses('Refuse must be one of CRITICAL,HIGH,MEDIUM,LOW,INFORMATIONAL, got high', () => CLEAN, {
      Refuse: 'high',
    });
  });
});
