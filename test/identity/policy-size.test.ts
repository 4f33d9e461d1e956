import { aws_dynamodb as dynamodb, aws_iam as iam, aws_s3 as s3, Stack, Validations } from 'aws-cdk-lib';
import { TaskRole } from '../../lib';
import { newApp, Template, warnings } from '../support/fixture';
import { expectNothingInline, policiesOf } from '../support/policies';
import { lenientApp } from '../support/resources';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count. */
const POLICY_CHARACTERS = 6144;
const POLICIES_OF_A_ROLE = 10;

function setup(stackName = 'Shop') {
  const stack = new Stack(newApp(), stackName);
  const role = new TaskRole(stack, 'Role');
  return { stack, role, policies: () => policiesOf(Template.fromStack(stack), 'Role') };
}

/** A statement that cannot be merged with any other. */
function unlike(stack: Stack, index: number): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [`dynamodb:Action${index}`],
    resources: [newTable(stack, index).tableArn],
    conditions: { StringEquals: { 'aws:ResourceTag/part': `part-${index}` } },
  });
}

function grantTables(stack: Stack, role: TaskRole, count: number): void {
  for (let index = 0; index < count; index++) newTable(stack, index).grantReadWriteData(role);
}

function newTable(stack: Stack, index: number): dynamodb.Table {
  const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
  return new dynamodb.Table(stack, `Table${index}`, { partitionKey });
}

/** The characters of a document as IAM counts them, with the names that CloudFormation would give. */
function length(stackName: string, document: unknown): number {
  const real = (value: any): unknown => {
    if (Array.isArray(value)) return value.map(real);
    if (typeof value !== 'object' || value === null) return value;
    if (value.Ref) return PSEUDO[value.Ref] ?? `${stackName}-${value.Ref}-1ABCDEFGHIJKL`;
    if (value['Fn::GetAtt']) {
      return `arn:aws:dynamodb:ap-southeast-2:111122223333:table/${stackName}-${value['Fn::GetAtt'][0]}-1ABCDEFGHIJKL`;
    }
    if (value['Fn::Join']) return value['Fn::Join'][1].map(real).join(value['Fn::Join'][0]);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, real(inner)]));
  };
  return JSON.stringify(real(document)).length;
}

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-southeast-2',
  'AWS::AccountId': '111122223333',
};

describe('size of the policies of a role', () => {
  test('is measured as IAM does', () => {
    expect(length('S', { Resource: [{ Ref: 'AWS::Region' }, { 'Fn::Join': ['-', ['a', { Ref: 'X' }]] }] })).toBe(
      '{"Resource":["ap-southeast-2","a-S-X-1ABCDEFGHIJKL"]}'.length,
    );
  });

  test('makes Policy2, Policy3 … before one is too large', () => {
    const { stack, role, policies } = setup();
    for (let index = 0; index < 120; index++) role.addToPrincipalPolicy(unlike(stack, index));
    const made = policies();
    expect(made.length).toBeGreaterThan(1);
    expect(made.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(
      made.map((_, index) => (index === 0 ? 'RolePolicy' : `RolePolicy${index + 1}`)),
    );
    expect(role.policies).toHaveLength(made.length);
    expect(made.flatMap(({ statements }) => statements)).toHaveLength(120);
    expectNothingInline(Template.fromStack(stack));
  });

  test.each(['Shop', 'production-payments-ledger-eu'])('stays below the limit of IAM in stack %s', (name) => {
    const { stack, role, policies } = setup(name);
    for (let index = 0; index < 120; index++) role.addToPrincipalPolicy(unlike(stack, index));
    for (const { document } of policies()) expect(length(name, document)).toBeLessThanOrEqual(POLICY_CHARACTERS);
  });

  test('is one policy for what fits in one', () => {
    const { stack, role, policies } = setup();
    grantTables(stack, role, 10);
    expect(policies()).toHaveLength(1);
  });

  test.each([40, 100])('needs no more policies than a role may have: %d tables', (tables) => {
    const { stack, role, policies } = setup();
    grantTables(stack, role, tables);
    expect(policies().length).toBeLessThanOrEqual(POLICIES_OF_A_ROLE);
    const named = JSON.stringify(policies().map(({ statements }) => statements)).match(/"Table\d+[0-9A-F]{8}"/g);
    expect(new Set(named).size).toBe(tables);
    for (const { document } of policies()) expect(length('Shop', document)).toBeLessThanOrEqual(POLICY_CHARACTERS);
  });

  test('does not grow with a grant that was given before', () => {
    const { stack, role, policies } = setup();
    const bucket = new s3.Bucket(stack, 'Bucket');
    for (let count = 0; count < 100; count++) bucket.grantRead(role);
    const made = policies();
    expect(made).toHaveLength(1);
    expect(made[0].statements).toHaveLength(1);
  });

  describe('beyond what IAM attaches to a role', () => {
    /** Grants until the role has that many policies. */
    function withPolicies(count: number) {
      const stack = new Stack(lenientApp(), 'Shop');
      const role = new TaskRole(stack, 'Role');
      const grant = (index: number) => role.addToPrincipalPolicy(unlike(stack, index));
      let granted = 0;
      while (role.policies.length < count) grant(granted++);
      return { stack, role, grant: () => grant(granted++) };
    }

    test('is silent with 10 policies', () => {
      const { stack, role } = withPolicies(POLICIES_OF_A_ROLE);
      expect(role.policies).toHaveLength(POLICIES_OF_A_ROLE);
      expect(warnings(stack)).toEqual([]);
    });

    test('warns with the 11th policy, and says what to do', () => {
      const { stack } = withPolicies(POLICIES_OF_A_ROLE + 1);
      expect(warnings(stack)).toEqual([
        "the grants of 'Shop/Role' need more than 10 policies, which is what IAM attaches to a role unless the quota of the account is raised: give the role to fewer tasks, or grant by prefix or tag instead of one by one. [ack: Annotation::cdk-containers:RolePolicies]",
      ]);
    });

    test('warns once, however many follow', () => {
      const { stack, role, grant } = withPolicies(POLICIES_OF_A_ROLE + 1);
      while (role.policies.length < POLICIES_OF_A_ROLE + 3) grant();
      expect(warnings(stack)).toHaveLength(1);
    });

    test('warns of each role', () => {
      const { stack } = withPolicies(POLICIES_OF_A_ROLE + 1);
      const other = new TaskRole(stack, 'Other');
      for (let part = 0; other.policies.length <= POLICIES_OF_A_ROLE; part++) {
        const conditions = { StringEquals: { 'aws:ResourceTag/part': `part-${part}` } };
        other.addToPrincipalPolicy(
          new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::x/*'], conditions }),
        );
      }
      expect(warnings(stack).map((text) => text.match(/'([^']+)'/)![1])).toEqual(['Shop/Role', 'Shop/Other']);
    });

    test('attaches all policies nevertheless: the quota may be raised', () => {
      const { stack, role } = withPolicies(POLICIES_OF_A_ROLE + 1);
      expect(policiesOf(Template.fromStack(stack), 'Role')).toHaveLength(role.policies.length);
    });

    test('is silent where the warning is acknowledged', () => {
      const { stack, role } = withPolicies(POLICIES_OF_A_ROLE);
      Validations.of(role).acknowledge({ id: 'Annotation::cdk-containers:RolePolicies', reason: 'the quota is 20' });
      for (let index = 1000; role.policies.length <= POLICIES_OF_A_ROLE; index++) {
        role.addToPrincipalPolicy(unlike(stack, index));
      }
      expect(warnings(stack)).toEqual([]);
    });
  });
});
