import { Lazy, Stack } from 'aws-cdk-lib';
import { RegistryScanning, RegistrySettings, ScanType } from '../../lib';
import type { BasicScanningOptions, EnhancedScanningOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';

function made(scanning: RegistryScanning) {
  const stack = new Stack(newApp(), 'Shop');
  new RegistrySettings(stack, 'Registry', { scanning });
  return only(Template.fromStack(stack), 'AWS::ECR::RegistryScanningConfiguration').Properties;
}

const rule = (ScanFrequency: string, ...filters: string[]) => ({
  ScanFrequency,
  RepositoryFilters: filters.map((Filter) => ({ Filter, FilterType: 'WILDCARD' })),
});

describe('basic scanning', () => {
  test('scans each image of all repositories when it is pushed', () => {
    expect(made(RegistryScanning.basic())).toEqual({ ScanType: 'BASIC', Rules: [rule('SCAN_ON_PUSH', '*')] });
  });

  test('scans those of the repositories that were named', () => {
    expect(made(RegistryScanning.basic({ scanOnPush: ['shop/*', 'web'] }))).toEqual({
      ScanType: 'BASIC',
      Rules: [rule('SCAN_ON_PUSH', 'shop/*', 'web')],
    });
  });

  test('says so', () => {
    expect(RegistryScanning.basic().type).toBe(ScanType.BASIC);
  });
});

describe('enhanced scanning', () => {
  test.each<[string, EnhancedScanningOptions | undefined, unknown[]]>([
    ['all, again and again', undefined, [rule('CONTINUOUS_SCAN', '*')]],
    ['all, again and again, by an empty choice', {}, [rule('CONTINUOUS_SCAN', '*')]],
    ['some again and again', { continuous: ['prod/*'] }, [rule('CONTINUOUS_SCAN', 'prod/*')]],
    ['some on push, and no others', { scanOnPush: ['dev/*'] }, [rule('SCAN_ON_PUSH', 'dev/*')]],
    ['all on push', { scanOnPush: ['*'] }, [rule('SCAN_ON_PUSH', '*')]],
    [
      'some again and again, the others on push',
      { continuous: ['prod/*', 'core'], scanOnPush: ['*'] },
      [rule('CONTINUOUS_SCAN', 'prod/*', 'core'), rule('SCAN_ON_PUSH', '*')],
    ],
  ])('scans %s', (_what, options, Rules) => {
    expect(made(RegistryScanning.enhanced(options))).toEqual({ ScanType: 'ENHANCED', Rules });
  });

  test('says so', () => {
    expect(RegistryScanning.enhanced().type).toBe(ScanType.ENHANCED);
  });

  test.each<[string, EnhancedScanningOptions]>([
    ['the same', { continuous: ['prod/*', 'dev/*'], scanOnPush: ['test/*', 'dev/*'] }],
    ['all', { continuous: ['*'], scanOnPush: ['dev/*'] }],
  ])('fails when a filter of scanOnPush could never act beside %s', (_what, options) => {
    expectFailure(
      () => RegistryScanning.enhanced(options),
      `a filter of scanOnPush must not be one of continuous too, got 'dev/*' beside continuous ${options.continuous!.join(', ')}: ` +
        'continuous wins where both reach a repository, so remove one of them',
    );
  });
});

describe('filters', () => {
  test('can be tokens', () => {
    const token = Lazy.string({ produce: () => 'shop/*' });
    expect(made(RegistryScanning.enhanced({ continuous: [token, token] })).Rules).toEqual([
      rule('CONTINUOUS_SCAN', 'shop/*', 'shop/*'),
    ]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'scanOnPush of basic is empty',
      () => RegistryScanning.basic({ scanOnPush: [] }),
      'scanOnPush must have at least one entry, got an empty list: leave it out for all repositories',
    ],
    [
      'continuous is empty',
      () => RegistryScanning.enhanced({ continuous: [] }),
      'continuous must have at least one entry, got an empty list: leave it out for all repositories, or for none beside scanOnPush',
    ],
    [
      'scanOnPush of enhanced is empty',
      () => RegistryScanning.enhanced({ scanOnPush: [] }),
      'scanOnPush must have at least one entry, got an empty list: leave it out for no repository',
    ],
    [
      'one is there twice',
      () => RegistryScanning.basic({ scanOnPush: ['a*', 'b*', 'a*'] }),
      "scanOnPush must be unique, got 'a*' twice",
    ],
    [
      'one of continuous is no filter',
      () => RegistryScanning.enhanced({ continuous: ['Shop'] }),
      "a filter of continuous must be 1 to 255 lower case letters, digits and '*', with a single '.', '_', '-' or '/' between them, such as 'shop/*', got 'Shop'",
    ],
    [
      'one of scanOnPush is no filter',
      () => RegistryScanning.enhanced({ scanOnPush: ['shop/'] }),
      "a filter of scanOnPush must be 1 to 255 lower case letters, digits and '*', with a single '.', '_', '-' or '/' between them, such as 'shop/*', got 'shop/'",
    ],
    [
      'there are more than 100',
      () => RegistryScanning.basic({ scanOnPush: many(101) }),
      'scanOnPush must have at most 100 entries, got 101',
    ],
  ])('fails when %s', (_what, make, message) => {
    expectFailure(make, message);
  });

  test('can be 100', () => {
    const options: BasicScanningOptions = { scanOnPush: many(100) };
    expect(RegistryScanning.basic(options).bind()[0].repositoryFilters).toHaveLength(100);
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `shop${index}`);
}
