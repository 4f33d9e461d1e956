import type { Template } from 'aws-cdk-lib/assertions';

/** For each resource of a template, the resources that CloudFormation makes before it. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the graph from `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`. */
export function graphOf(template: Template): Graph {
  const resources: Record<string, unknown> = template.toJSON().Resources ?? {};
  const ids = new Set(Object.keys(resources));
  return new Map(
    Object.entries(resources).map(([id, resource]) => {
      return [id, new Set(namesIn(resource).filter((name) => ids.has(name)))];
    }),
  );
}

/** What a resource waits for, directly and through others. */
export function ancestorsOf(graph: Graph, id: string, found = new Set<string>()): Set<string> {
  for (const next of graph.get(id) ?? []) {
    if (found.has(next)) continue;
    found.add(next);
    ancestorsOf(graph, next, found);
  }
  return found;
}

/** The resources that wait for themselves: an empty list is a template that can be deployed. */
export function cyclesOf(graph: Graph): string[] {
  return [...graph.keys()].filter((id) => ancestorsOf(graph, id).has(id)).sort();
}

/** Fails with the names of the resources that wait for each other. */
export function expectAcyclic(template: Template): void {
  const graph = graphOf(template);
  expect(graph.size).toBeGreaterThan(0);
  expect(cyclesOf(graph)).toEqual([]);
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(inner) ? inner[0] : inner).split('.')[0]];
    if (key === 'Fn::Sub') return namesInSub(inner);
    if (key === 'DependsOn') return ([] as string[]).concat(inner as string | string[]);
    return namesIn(inner);
  });
}

function namesInSub(value: unknown): string[] {
  const [text, variables] = Array.isArray(value) ? (value as [string, unknown]) : [String(value), {}];
  const inText = [...text.matchAll(/\$\{([A-Za-z0-9]+)[^}]*\}/g)].map((match) => match[1]);
  return [...inText, ...namesIn(variables)];
}
