// The verifiers that read templates: cfn-lint (does CloudFormation accept it) and checkov (is it secure).
import { basename, join } from 'node:path';
import { REGION, run } from './tools.mjs';

/** cfn-lint with its informational rules. It looks at a region besides the one of the deployment. */
export async function cfnLint(bin, templates) {
  const files = templates.map((template) => template.file);
  const args = ['--format', 'json', '--include-checks', 'I', '--regions', REGION, 'us-east-1', '--', ...files];
  // The exit code is the sum of 2 (errors), 4 (warnings) and 8 (informational).
  const { stdout } = await run(join(bin, 'cfn-lint'), args, { ok: [0, 2, 4, 6, 8, 10, 12, 14] });
  const results = JSON.parse(stdout);
  return templates.map(({ name, file, template, pathOf }) => ({
    example: name,
    verifier: 'cfn-lint',
    checked: `${Object.keys(template.Resources).length} resources`,
    findings: results
      .filter((result) => result.Filename === file)
      .map((result) => ({
        rule: result.Rule.Id,
        path: result.Location.Path?.[0] === 'Resources' ? pathOf(result.Location.Path[1]) : name,
        message: `${result.Message.slice(0, 200)} (${(result.Location.Path ?? []).slice(2).join('.')})`,
      })),
  }));
}

/** checkov with the rules that it brings along: nothing is downloaded, nothing is sent. */
export async function checkov(bin, templates) {
  const files = templates.map((template) => template.file);
  const args = ['--framework', 'cloudformation', '--skip-download', '--skip-results-upload', '--compact'];
  // Without --soft-fail the exit code is 1 for findings and also for a crash.
  const all = [...args, '--output', 'json', '--soft-fail', '--file', ...files];
  const { stdout } = await run(join(bin, 'checkov'), all);
  const { results, summary } = JSON.parse(stdout);
  if (summary.parsing_errors > 0) throw new Error(`checkov cannot read ${results.parsing_errors}`);
  return templates.map(({ name, file, pathOf }) => {
    const mine = (checks) => checks.filter((check) => basename(check.file_abs_path) === basename(file));
    const failed = mine(results.failed_checks);
    const checked = failed.length + mine(results.passed_checks).length;
    if (checked === 0) throw new Error(`checkov has not looked at ${file}`);
    return {
      example: name,
      verifier: 'checkov',
      checked: `${checked} checks`,
      findings: failed.map((check) => ({
        rule: check.check_id,
        path: pathOf(check.resource.split('.').at(-1)),
        message: check.check_name,
      })),
    };
  });
}
