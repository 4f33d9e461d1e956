import { Validations } from 'aws-cdk-lib';
import type { Acknowledgment, App } from 'aws-cdk-lib';
import { validate } from './validate';
import type { Finding } from './validate';

/** A rule, the resources on which it is acknowledged, and the packs that have it; the engine of CDK itself is no pack: ''. */
export type AcknowledgedRow = [rule: string, resources: string[], packs: string[]];

/** An app, and what it is expected to acknowledge. */
export interface Acknowledgements {
  readonly app: () => App;
  /** The name of its stack. */
  readonly stack: string;
  readonly rows: AcknowledgedRow[];
  /** The library's reasons, each of which must be met. */
  readonly table: Record<string, readonly Acknowledgment[]>;
  /** What the user of the app brought, which is not ours to judge. */
  readonly theirs: string[];
  /** Constructs that acknowledge by themselves. */
  readonly explained?: string[];
}

/** Holds what an app acknowledges against a list, and sees each finding come back without it. */
export function describeAcknowledgements({ app: make, stack, rows, table, theirs, explained = [] }: Acknowledgements) {
  const ours = (findings: Finding[]) =>
    findings.filter(({ path }) => !theirs.some((id) => path.startsWith(`${stack}/${id}/`)));

  describe('acknowledgements', () => {
    const app = make();
    const { acknowledged, open } = validate(app);

    test('are these and no others', () => {
      const expected = rows.flatMap(([rule, resources, packs]) =>
        resources.flatMap((resource) =>
          packs.map((pack) => `${stack}/${pathOf(resource)} ${pack && `${pack}-`}${rule}`),
        ),
      );
      expect(acknowledged.map((finding) => `${finding.path} ${finding.rule}`).sort()).toEqual(expected.sort());
    });

    test('leave no finding open', () => {
      expect(ours(open)).toEqual([]);
    });

    // An acknowledgement that silences nothing is stale or misspelt: the finding that it names must be there.
    test('each silence a finding on its own construct', () => {
      const silenced = new Set(acknowledged.map((finding) => `${finding.path} ${finding.acknowledgedId}`));
      const stale = app.node
        .findAll()
        .flatMap((construct) =>
          acknowledgedIds(construct.node.metadata).map((id) => ({ path: construct.node.path, id })),
        )
        // A stack acknowledges a warning of CDK's own.
        .filter(({ path, id }) => path.includes('/') && !id.startsWith('Annotation::'))
        .filter(({ path }) => !explained.some((id) => path === `${stack}/${id}`))
        .filter(
          ({ path, id }) =>
            !silenced.has(`${path} ${id}`) &&
            ![...silenced].some((entry) => entry.startsWith(`${path}/`) && entry.endsWith(` ${id}`)),
        );
      expect(stale).toEqual([]);
    });

    test('are all rows of the table', () => {
      const known = acknowledged.map((finding) => finding.acknowledgedId);
      for (const [name, row] of Object.entries(table)) {
        if (row.some(({ id }) => id.startsWith('Annotation::'))) continue;
        for (const { id } of row) expect({ name, id, met: known.includes(id) }).toEqual({ name, id, met: true });
      }
    });
  });

  test('removing the acknowledgements brings every finding back', () => {
    // Some are made when the app is synthesized, so none is made at all.
    const acknowledge = jest.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => undefined);
    const { acknowledged, open } = validate(make());
    acknowledge.mockRestore();
    expect(acknowledged).toEqual([]);
    const count = rows.reduce((sum, [, resources, packs]) => sum + resources.length * packs.length, 0);
    // Warnings of CDK and of ours are no findings of a rule.
    expect(ours(open).filter(({ rule }) => !rule.startsWith('Annotation::'))).toHaveLength(count);
  });
}

/** `acknowledge` keeps one record on a construct: reasons by id. */
function acknowledgedIds(metadata: { type: string; data?: unknown }[]): string[] {
  return metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data as Record<string, string>));
}

/** The L1 of an Auto Scaling group has a name of its own. */
function pathOf(resource: string): string {
  if (resource.endsWith('/DefaultRoute')) return resource;
  return resource.endsWith('/AutoScalingGroup') ? `${resource}/ASG` : `${resource}/Resource`;
}
