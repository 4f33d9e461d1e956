import { aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { referencesIn } from './references';
import type { RoleActions } from './role-actions';
import type { WorkloadResources } from './workload-resources';
import {
  CLUSTER_ENDPOINTS,
  endpointsOfActions,
  IMAGE_ENDPOINTS,
  INSTANCE_ENDPOINTS,
  isPublicImage,
  registryOfEcr,
} from '../../rules/endpoints';
import { isToken } from '../../rules/errors';
import { isOfType, resourcesOf } from '../../rules/resources';

/** What workloads cannot do without in subnets that lead nowhere. */
export interface WorkloadNeeds {
  /** Why, by endpoint. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Images that no endpoint leads to: of the internet, and of other regions. */
  readonly farImages: string[];
}

/** Reads from the resources of a workload which endpoints it calls. */
export function needsOf(workload: IConstruct, resources: WorkloadResources, roles: RoleActions): WorkloadNeeds {
  const needs = new Needs(roles);
  resources.tasks.forEach((task) => needs.addTask(task));
  resources.services.forEach((service) => needs.addService(service));
  if (resources.instances.length > 0) needs.addInstances(workload);
  if (resources.kubernetes.length > 0) needs.addKubernetes();
  return needs;
}

/** A container as CloudFormation has it; what is a token stands for itself. */
interface ContainerJson {
  readonly image?: unknown;
  readonly logConfiguration?: LogJson;
  readonly secrets?: unknown[];
  readonly environmentFiles?: unknown[];
  readonly repositoryCredentials?: unknown;
}

interface LogJson {
  readonly logDriver?: string;
  readonly secretOptions?: unknown[];
}

class Needs implements WorkloadNeeds {
  public readonly reasons = new Map<string, string>();
  public readonly farImages: string[] = [];

  constructor(private readonly roles: RoleActions) {}

  public addTask(task: ecs.CfnTaskDefinition): void {
    const containers = (Stack.of(task).resolve(task.containerDefinitions) ?? []) as ContainerJson[];
    containers.forEach((container) => this.addContainer(container, Stack.of(task)));
    const secrets = containers.flatMap((each) =>
      [each.secrets ?? [], each.logConfiguration?.secretOptions ?? []].flat(),
    );
    if (secrets.length > 0) this.addSecrets(task, JSON.stringify(secrets));
    this.add(endpointsOfActions(this.roles.of(task, task.executionRoleArn)), 'the execution role may call it');
    this.add(endpointsOfActions(this.roles.of(task, task.taskRoleArn)), 'the task role may call it');
  }

  public addService(service: ecs.CfnService): void {
    const { exec, connect } = Stack.of(service).resolve({
      exec: service.enableExecuteCommand,
      connect: service.serviceConnectConfiguration,
    }) as {
      readonly exec?: unknown;
      readonly connect?: { readonly enabled?: unknown; readonly logConfiguration?: LogJson };
    };
    if (exec) {
      this.add(['ssmmessages'], 'sessions of ECS Exec go through it');
      if (hasExecKey(service)) this.add(['kms'], 'ECS Exec encrypts its sessions with a key');
    }
    if (!connect?.enabled) return;
    this.add(['ecs-agent'], 'Service Connect sets up its proxies through it');
    this.addLogs(connect.logConfiguration);
  }

  public addInstances(workload: IConstruct): void {
    this.add([...IMAGE_ENDPOINTS, 'logs'], 'the instances pull the images of their tasks and write their logs');
    this.add(INSTANCE_ENDPOINTS, 'the instances join their cluster through it');
    const profiles = resourcesOf<iam.CfnInstanceProfile>(workload, iam.CfnInstanceProfile.CFN_RESOURCE_TYPE_NAME);
    profiles.forEach((profile) =>
      this.add(endpointsOfActions(this.roles.of(profile, profile.roles)), 'the role of the instances may call it'),
    );
  }

  public addKubernetes(): void {
    this.add(CLUSTER_ENDPOINTS, 'nodes and add-ons of EKS call it');
  }

  private add(endpoints: readonly string[], reason: string): void {
    endpoints.filter((name) => !this.reasons.has(name)).forEach((name) => this.reasons.set(name, reason));
  }

  private addContainer(container: ContainerJson, { region }: Stack): void {
    const { image, logConfiguration, environmentFiles, repositoryCredentials } = container;
    const [registry, home = region] = registryOfEcr(image);
    if (!isToken(region) && home !== region) this.farImages.push(typeof image === 'string' ? image : registry);
    else if (typeof image !== 'string' || registry) this.add(IMAGE_ENDPOINTS, 'an image comes from ECR');
    else if (isPublicImage(image)) this.farImages.push(image);
    this.addLogs(logConfiguration);
    if (environmentFiles) this.add(['s3'], 'environment files are read from there');
    if (repositoryCredentials) this.add(['secretsmanager'], 'the password of a registry is read from there');
  }

  private addLogs(logs: LogJson | undefined): void {
    if (logs?.logDriver === 'awslogs') this.add(['logs'], 'output goes to CloudWatch Logs');
  }

  /** By their ARNs, or by what makes them: the execution role need not be one of this app. */
  private addSecrets(task: ecs.CfnTaskDefinition, secrets: string): void {
    const made = referencesIn(task, task.containerDefinitions);
    for (const [endpoint, types] of Object.entries(SECRETS)) {
      if (secrets.includes(`:${endpoint}:`) || made.some((each) => types.some((type) => isOfType(each, type)))) {
        this.add([endpoint], 'secrets of containers are read from there');
      }
    }
  }
}

const SECRETS = {
  secretsmanager: ['AWS::SecretsManager::Secret', 'AWS::SecretsManager::SecretTargetAttachment'],
  ssm: ['AWS::SSM::Parameter'],
};

/** Sessions are encrypted in the task, not by a service. */
function hasExecKey(service: ecs.CfnService): boolean {
  return referencesIn(service, service.cluster).some((cluster) => {
    if (!isOfType(cluster, ecs.CfnCluster.CFN_RESOURCE_TYPE_NAME)) return false;
    const configuration = Stack.of(cluster).resolve((cluster as ecs.CfnCluster).configuration) as
      { readonly executeCommandConfiguration?: { readonly kmsKeyId?: unknown } } | undefined;
    return configuration?.executeCommandConfiguration?.kmsKeyId !== undefined;
  });
}
