import { aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../rules/findings';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { sessions } from './private/sessions';
import type { RoleOptions } from './role-options';

/** Properties of an `InstanceRole`. */
export interface InstanceRoleProps extends RoleOptions {
  /** The cluster that the instances join, and no other. */
  readonly cluster: ecs.ICluster;

  /**
   * Lets operators open a shell on an instance with Session Manager, without SSH and without an open port.
   * @default false
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
   */
  readonly allowSessions?: boolean;
}

/**
 * The identity of the machines that run tasks: what the agent of ECS needs to join one cluster and report to it.
 *
 * Images and logs are not its matter: the execution role of each task pulls and writes. Nor is the code's: tasks
 * cannot reach it.
 *
 * Creates: `role` and `policies`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
 */
export class InstanceRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    const description = 'How instances join their ECS cluster';
    // EC2 does not say for what it assumes a role.
    super(scope, id, { ...props, description, assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const { clusterArn } = props.cluster;
    this.allow(['ecs:DiscoverPollEndpoint'], ['*']);
    this.allow(
      [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitTaskStateChange',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitAttachmentStateChanges',
      ],
      [clusterArn],
    );
    this.allow(['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'], ['*'], {
      ArnEquals: { 'ecs:cluster': clusterArn },
    });
    if (props.allowSessions) this.addToPrincipalPolicy(sessions());
    Validations.of(this).acknowledge(...FINDINGS.instanceAgent);
  }

  /** Lets the agent of Managed Instances, on which nobody has a shell, send its own logs to ECS. */
  public allowSystemLogs(): void {
    const resource = { service: 'ecs', resource: 'container-instance', resourceName: '*' };
    this.allow(['ecs:PutSystemLogEvents'], [this.stack.formatArn(resource)]);
    Validations.of(this).acknowledge(...FINDINGS.systemLogs);
  }

  private allow(actions: string[], resources: string[], conditions?: iam.Conditions): void {
    this.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }
}
