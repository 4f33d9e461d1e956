import { join } from 'node:path';
import {
  Aws,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  CustomResource,
  Duration,
  RemovalPolicy,
  Validations,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ManagedPolicyRole } from '../identity/private/managed-policy-role';
import { FINDINGS } from '../rules/findings';

/** What a handler is, and what it is asked. */
interface HandlerResourceProps {
  /** The folder of its source in `src/`. */
  readonly name: string;
  readonly description: string;
  /** `Custom::…` */
  readonly resourceType: string;
  /** What the handler is asked. CloudFormation asks again when they change, and makes strings of all. */
  readonly properties: { [name: string]: unknown };
  /** What it may do besides writing its logs and looking at its own stack. */
  readonly statements: iam.PolicyStatement[];
  /** How long it may run: 15 minutes at the most. */
  readonly timeout: Duration;
}

/**
 * Something that CloudFormation has no resource for, done by a function of its own in the deployment.
 *
 * @internal
 */
export class HandlerResource extends Construct {
  public readonly handler: lambda.Function;
  public readonly logGroup: logs.LogGroup;
  public readonly role: iam.IRole;
  public readonly customResource: CustomResource;

  constructor(scope: Construct, id: string, props: HandlerResourceProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.logGroup).acknowledge(...FINDINGS.logGroupServiceKey);

    // Lambda does not say for which function it assumes a role.
    const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
    const role = new ManagedPolicyRole(this, 'Role', { description: props.description, assumedBy });
    this.role = role;
    this.logGroup.grantWrite(role);
    // How it knows that a deployment is being rolled back.
    const look = { actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] };
    [new iam.PolicyStatement(look), ...props.statements].forEach((each) => role.addToPrincipalPolicy(each));

    this.handler = new lambda.Function(this, 'Function', {
      description: props.description,
      code: lambda.Code.fromAsset(join(__dirname, 'bundled', props.name)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: props.timeout,
      logGroup: this.logGroup,
      // The function waits for the role and not for its policies, which may name the function.
      role: role.role.withoutPolicyUpdates(),
    });
    Validations.of(this.handler).acknowledge(...FINDINGS.handler);

    this.customResource = new CustomResource(this, 'Resource', {
      serviceToken: this.handler.functionArn,
      resourceType: props.resourceType,
      // A function that gives no answer does not hold the stack up for an hour.
      serviceTimeout: props.timeout.plus(Duration.minutes(1)),
      properties: props.properties,
    });
    this.customResource.node.addDependency(role);
  }
}
