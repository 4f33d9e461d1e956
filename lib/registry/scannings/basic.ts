import { checkOptions } from '../../rules/given';
import { checkFilters } from '../../rules/registry-limits';
import type { BasicScanningOptions, RegistryScanningKind } from '../registry-scanning';
import { ScanType } from '../scan-type';
import { scanningRule } from './rule';

export function basicScanning(options: BasicScanningOptions): RegistryScanningKind {
  checkOptions('RegistryScanning.basic', options, ['scanOnPush']);
  const { scanOnPush = ['*'] } = options;
  checkFilters('scanOnPush', scanOnPush, 'leave it out for all repositories');
  return { type: ScanType.BASIC, rules: [scanningRule('SCAN_ON_PUSH', scanOnPush)] };
}
