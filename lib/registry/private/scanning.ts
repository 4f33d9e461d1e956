import { Validations } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { inOnePlace } from './places';
import { resourcesOf } from '../../rules/resources';
import { ScanType } from '../scan-type';

/**
 * Fails at synthesis when the app sets the registry to another kind of scanning than the one that rules wait for. Nobody
 * else can say what a registry does: without such a setting in the app there is a warning, unless the user said it.
 */
export function expectScanning(scope: Construct, expected: ScanType, said: boolean): void {
  scope.node.addValidation({
    validate() {
      const settings = resourcesOf<ecr.CfnRegistryScanningConfiguration>(
        scope.node.root,
        'AWS::ECR::RegistryScanningConfiguration',
      );
      const here = settings.filter((setting) => inOnePlace(setting, scope)).map(({ scanType }) => scanType);
      const other = Object.values(ScanType).find((type) => type !== expected && here.includes(type));
      if (other) {
        return [
          `the registry must have ${expected} scanning for '${scope.node.path}', got ${other}, to which this app sets it: change it there, or what is asked for here`,
        ];
      }
      const perhaps = settings.filter((setting) => inOnePlace(setting, scope) !== false);
      if (!said && !perhaps.some(({ scanType }) => scanType === expected)) warn(scope);
      return [];
    },
  });
}

function warn(scope: Construct): void {
  Validations.of(scope).addWarning(
    'cdk-containers:FindingsNeedEnhancedScanning',
    'only enhanced scanning knows what can be fixed, and this app does not turn it on: without it nothing is ever reported. ' +
      'Set it with RegistrySettings; if it is set elsewhere, acknowledge this, or say `scanning: ScanType.ENHANCED` to onFindings.',
  );
}
