import { ContainersError } from '../../rules/errors';
import { checkOptions } from '../../rules/given';
import { checkFilters } from '../../rules/registry-limits';
import type { EnhancedScanningOptions, RegistryScanningKind } from '../registry-scanning';
import { ScanType } from '../scan-type';
import { scanningRule } from './rule';

export function enhancedScanning(given: EnhancedScanningOptions): RegistryScanningKind {
  checkOptions('RegistryScanning.enhanced', given, ['continuous', 'scanOnPush']);
  const { scanOnPush, ...options } = given;
  const continuous = options.continuous ?? (scanOnPush ? undefined : ['*']);
  checkFilters('continuous', continuous, 'leave it out for all repositories, or for none beside scanOnPush');
  checkFilters('scanOnPush', scanOnPush, 'leave it out for no repository');
  const idle = continuous && scanOnPush?.find((filter) => continuous.includes(filter) || continuous.includes('*'));
  if (idle !== undefined) {
    throw new ContainersError(
      `a filter of scanOnPush must not be one of continuous too, got '${idle}' beside continuous ${continuous!.join(', ')}: ` +
        'continuous wins where both reach a repository, so remove one of them',
    );
  }
  return {
    type: ScanType.ENHANCED,
    rules: [
      ...(continuous ? [scanningRule('CONTINUOUS_SCAN', continuous)] : []),
      ...(scanOnPush ? [scanningRule('SCAN_ON_PUSH', scanOnPush)] : []),
    ],
  };
}
