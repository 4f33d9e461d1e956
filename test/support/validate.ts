import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationValidatePlugin, Validations } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';

/** One finding on one construct. */
export interface Finding {
  /** `AwsSolutions-EC23`, `E3047`, `Annotation::…` */
  readonly rule: string;
  readonly path: string;
  readonly description: string;
  /** The id by which a construct acknowledged it. */
  readonly acknowledgedId?: string;
}

/** What all validators say of an app. */
export interface Verdict {
  readonly open: Finding[];
  readonly acknowledged: Finding[];
  /** Who looked. */
  readonly validators: string[];
}

/** Context in which the built-in validation is an error, strict, and reports to us instead of failing the synthesis. */
export const STRICT = {
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:strictCfnValidateErrors': true,
  '@aws-cdk/core:failSynthOnValidationErrors': false,
};

const PACKS = [
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
];

/** Its engine takes a second to build and memory that is never given back: there is one for all test files of a worker. */
const shared = CloudFormationValidatePlugin as typeof CloudFormationValidatePlugin & {
  engine?: CloudFormationValidatePlugin;
};
shared.engine ??= new CloudFormationValidatePlugin({ includeDefaultRules: true });
const engine = shared.engine;

/** Runs the strict built-in validation, and all packs of cdk-nag unless told otherwise. */
export function validate(app: App, packs: typeof PACKS | [] = PACKS): Verdict {
  Validations.of(app).addPlugins(engine, ...packs.map((Pack) => new Pack(app)));
  const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const { directory } = app.synth();
    return verdict(JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')));
  } finally {
    silenced.mockRestore();
  }
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly acknowledgedId?: string;
  readonly violatingConstructs: { readonly constructPath?: string }[];
}

function verdict(report: {
  pluginReports: { pluginName: string; violations?: Violation[]; suppressedViolations?: Violation[] }[];
}): Verdict {
  const flat = (violations: Violation[] = []) =>
    violations.flatMap(({ ruleName, description, acknowledgedId, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = '' }) => ({
        rule: ruleName,
        path: constructPath,
        description,
        acknowledgedId,
      })),
    );
  return {
    open: report.pluginReports.flatMap((plugin) => flat(plugin.violations)),
    acknowledged: report.pluginReports.flatMap((plugin) => flat(plugin.suppressedViolations)),
    validators: report.pluginReports.map((plugin) => plugin.pluginName),
  };
}
