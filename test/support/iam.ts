import type { Template } from 'aws-cdk-lib/assertions';

/** What somebody asks IAM for. Context keys that are left out are not in the request. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: { readonly [key: string]: string | string[] };
}

interface AllowStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | string[] } };
}

export const PLACE = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };

/** Where stacks without an environment are for these tests. */
const PSEUDO: Record<string, string> = {
  'AWS::Partition': PLACE.partition,
  'AWS::Region': PLACE.region,
  'AWS::AccountId': PLACE.account,
};

/** A value of a template as CloudFormation would have it; other resources are what `names` says, or `<LogicalId>`. */
export function textOf(value: any, names: Record<string, string> = {}): string {
  if (typeof value === 'string') return value;
  const [[name, inner]] = Object.entries<any>(value);
  if (name === 'Fn::Join') return inner[1].map((part: unknown) => textOf(part, names)).join(inner[0]);
  const target = [inner].flat().join('.');
  return PSEUDO[target] ?? names[target] ?? names[[inner].flat()[0]] ?? `<${target}>`;
}

/** All that the customer managed policies of a role allow, those that are text too. */
export function permissionsOf(template: Template, role: string, names: Record<string, string> = {}): AllowStatement[] {
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).filter(({ Properties }) =>
    Properties.Roles.some(({ Ref }: { Ref?: string }) => Ref?.startsWith(role)),
  );
  return policies.flatMap(({ Properties: { PolicyDocument } }) =>
    Array.isArray(PolicyDocument.Statement)
      ? PolicyDocument.Statement.map((statement: unknown) => rendered(statement, names))
      : JSON.parse(textOf(PolicyDocument, names)).Statement,
  );
}

function rendered(value: any, names: Record<string, string>): any {
  if (Array.isArray(value)) return value.map((each) => rendered(each, names));
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'))) return textOf(value, names);
  return Object.fromEntries(keys.map((key) => [key, rendered(value[key], names)]));
}

/** Whether IAM would allow a request. */
export function allows(statements: AllowStatement[], request: IamRequest): boolean {
  return statements.some(
    ({ Effect, Action, Resource, Condition = {} }) =>
      Effect === 'Allow' &&
      [Action].flat().includes(request.action) &&
      [Resource].flat().some((pattern) => isLike(request.resource, pattern)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => OPERATORS[operator](request.context?.[key], [values].flat())),
      ),
  );
}

type Given = string | string[] | undefined;

/** An operator that nobody has written here yet is a TypeError, not a pass. */
const OPERATORS: Record<string, (given: Given, values: string[]) => boolean> = {
  StringEquals: (given, values) => typeof given === 'string' && values.includes(given),
  StringLike: (given, values) => typeof given === 'string' && values.some((value) => isLike(given, value)),
  ArnLike: (given, values) => typeof given === 'string' && values.some((value) => isLike(given, value)),
  StringEqualsIfExists: (given, values) => given === undefined || values.includes(given as string),
  'ForAllValues:StringEquals': (given, values) => [given ?? []].flat().every((each) => values.includes(each)),
  Null: (given, [value]) => (given === undefined) === (value === 'true'),
};

function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(text);
}
