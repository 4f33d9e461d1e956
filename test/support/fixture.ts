import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { context } from '../../cdk.json';
import { EcsCluster, Routing, WebService } from '../../lib';
import type { WebServiceProps } from '../../lib';

export const IMAGE = ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine');

/** An app with the feature flags that the examples use. */
export function newApp(more: Record<string, unknown> = {}): App {
  return new App({
    outdir: mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'app-')),
    context: { ...context, 'aws:cdk:disable-asset-staging': true, 'aws:cdk:bundling-stacks': [], ...more },
  });
}

/** A stack with a VPC and a cluster, as most tests need it. */
export class Fixture {
  public readonly app: App;
  public readonly stack: Stack;
  public readonly vpc: ec2.IVpc;
  public readonly cluster: ecs.Cluster;

  constructor(app: App = newApp()) {
    this.app = app;
    this.stack = new Stack(app, 'Shop');
    this.vpc = new ec2.Vpc(this.stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    this.cluster = new EcsCluster(this.stack, 'Ecs', { vpc: this.vpc }).cluster;
  }

  /** A web service, of which a test says only what it is about. */
  public web(props: Partial<WebServiceProps> = {}, scope: Construct = this.stack, id = 'Web'): WebService {
    return new WebService(scope, id, {
      cluster: this.cluster,
      container: { image: IMAGE },
      port: 8080,
      routing: Routing.http({ internal: true }),
      healthCheck: { path: '/health' },
      ...props,
    });
  }

  public template(): Template {
    return Template.fromStack(this.stack);
  }
}

/** The only resource of a type, with its logical id. */
export function only(
  template: Template,
  type: string,
): { id: string; Properties: any; DependsOn?: string[]; DeletionPolicy?: string } {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  const [id, resource] = found[0];
  return { id, ...(resource as { Properties: unknown }) };
}

/** The messages of warnings below a scope, by their ids. */
export function warnings(scope: Construct): string[] {
  return scope.node
    .findAll()
    .flatMap((node) => node.node.metadata)
    .filter((entry) => entry.type === 'aws:cdk:warning')
    .map((entry) => String(entry.data));
}

export { Match, Template };
