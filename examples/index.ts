import type { App, Stack } from 'aws-cdk-lib';
import { BringYourOwn } from './bring-your-own/stack';
import { Ec2AndFargate } from './ec2-and-fargate/stack';
import { EksAutoMode } from './eks-auto-mode/stack';
import { EksFargate } from './eks-fargate/stack';
import { EksHybrid } from './eks-hybrid/stack';
import { EksManagedNodes } from './eks-managed-nodes/stack';
import { EksSelfManaged } from './eks-self-managed/stack';
import { FirstService } from './first-service/stack';
import { HighPerformanceFiles } from './high-performance-files/stack';
import { GatedService } from './image-registry/service';
import { ImageRegistry } from './image-registry/stack';
import { ManagedInstancesExample } from './managed-instances/stack';
import { PrivateNetworkExample } from './private-network/stack';
import { RegistryHub } from './registry-hub/stack';
import { ScalingExample } from './scaling/stack';
import { SharedFilesExample } from './shared-files/stack';
import { SharedIngressPlatform } from './shared-ingress/platform';
import { SharedIngress } from './shared-ingress/stack';
import { TcpAndGrpc } from './tcp-and-grpc/stack';
import { WebServiceExample } from './web-service/stack';

/** One row for each decision that a user faces: its folder, which is also the name of its stack, and what makes it. */
export const EXAMPLES: Record<string, (app: App, id: string) => Stack> = {
  'first-service': (app, id) => new FirstService(app, id),
  'web-service': (app, id) => new WebServiceExample(app, id),
  'bring-your-own': (app, id) => new BringYourOwn(app, id),
  'ec2-and-fargate': (app, id) => new Ec2AndFargate(app, id),
  scaling: (app, id) => new ScalingExample(app, id),
  'managed-instances': (app, id) => new ManagedInstancesExample(app, id),
  'shared-files': (app, id) => new SharedFilesExample(app, id),
  'high-performance-files': (app, id) => new HighPerformanceFiles(app, id),
  'image-registry': (app, id) => {
    const registry = new ImageRegistry(app, id);
    new GatedService(app, `${id}-service`, { images: registry.images });
    return registry;
  },
  'shared-ingress': (app, id) => {
    const { cluster, ingress } = new SharedIngressPlatform(app, `${id}-platform`);
    return new SharedIngress(app, id, { cluster, ingress });
  },
  'registry-hub': (app, id) => new RegistryHub(app, id),
  'private-network': (app, id) => new PrivateNetworkExample(app, id),
  'tcp-and-grpc': (app, id) => new TcpAndGrpc(app, id),
  'eks-managed-nodes': (app, id) => new EksManagedNodes(app, id),
  'eks-auto-mode': (app, id) => new EksAutoMode(app, id),
  'eks-fargate': (app, id) => new EksFargate(app, id),
  'eks-self-managed': (app, id) => new EksSelfManaged(app, id),
  'eks-hybrid': (app, id) => new EksHybrid(app, id),
};
