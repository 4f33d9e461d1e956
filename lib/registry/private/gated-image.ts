import { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';

/** An image for whose task definitions CloudFormation does nothing before it has made `gate`. */
export function gatedImage(image: ecs.ContainerImage, gate: IDependable): ecs.ContainerImage {
  // In here: who needs no gate does not load all of ECS.
  class GatedImage extends ecs.ContainerImage {
    public bind(scope: Construct, container: ecs.ContainerDefinition): ecs.ContainerImageConfig {
      const { node } = container.taskDefinition;
      // Its roles, which are below it too, need not wait.
      (node.defaultChild ?? container.taskDefinition).node.addDependency(gate);
      return image.bind(scope, container);
    }
  }
  return new GatedImage();
}
