import { Stack, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs } from 'aws-cdk-lib';
import type { App, StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Template } from './fixture';
import { Fixture } from './fixture';
import { lenientApp } from './resources';
import { EcsCluster } from '../../lib';
import type { WorkloadEndpoints } from '../../lib';

/** Where tasks run, and not the data. */
export const TASKS: ec2.SubnetSelection = { subnetGroupName: 'Tasks' };

/** A cluster in a VPC with isolated subnets, unless others are named. */
export class PrivateFixture extends Fixture {
  public static in(props?: StackProps, app = lenientApp()): PrivateFixture {
    const stack = new Stack(app, 'Shop', props);
    return PrivateFixture.around(stack, isolatedVpc(stack));
  }

  /** A cluster in a VPC of the test's own. */
  public static around(stack: Stack, vpc: ec2.IVpc): PrivateFixture {
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
    const fixture: PrivateFixture = Object.create(PrivateFixture.prototype);
    return Object.assign(fixture, { app: stack.node.root as App, stack, vpc, cluster });
  }

  /** A web service with an image of ECR. */
  public web(props: Parameters<Fixture['web']>[0] = {}, scope: Construct = this.stack, id = 'Web') {
    return super.web({ container: { image: ecrImage(scope) }, vpcSubnets: TASKS, ...props }, scope, id);
  }
}

export function isolatedVpc(scope: Construct, props: Partial<ec2.VpcProps> = {}): ec2.Vpc {
  return new ec2.Vpc(scope, 'Vpc', {
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Tasks', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
    ...props,
  });
}

/** An image that somebody pushed to a repository. */
export function ecrImage(scope: Construct): ecs.ContainerImage {
  const known = scope.node.tryFindChild('Images') as ecr.IRepository | undefined;
  return ecs.ContainerImage.fromEcrRepository(known ?? ecr.Repository.fromRepositoryName(scope, 'Images', 'shop'), '1');
}

/** The names of all endpoints that were made. */
export function namesOf({ interfaceEndpoints, gatewayEndpoints }: WorkloadEndpoints): string[] {
  return [...Object.keys(gatewayEndpoints), ...Object.keys(interfaceEndpoints)].sort();
}

/** The properties of an endpoint, by the last part of its service's name. */
export function endpointFor(template: Template, name: string): any {
  const found = Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties }: any) => Properties)
    .filter(({ ServiceName }) => JSON.stringify(ServiceName).includes(`.${name}"`));
  expect(found).toHaveLength(1);
  return found[0];
}
