import { aws_ecs as ecs, Lazy, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import type { MountTarget, PosixUser } from '../mount';
import { hash, volumeName } from './names';

/** Text that a shell takes as one word. */
export function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/**
 * A container that makes the mounts of another one ready and ends: it runs as root, because new volumes belong to root,
 * and the other container starts when it succeeded. One serves all mounts of a container that need the same image.
 */
export class Preparation extends Construct {
  /** @param image whose shell it uses; that of the container unless told otherwise */
  public static of(target: MountTarget, image?: ecs.ContainerImage): Preparation {
    const { taskDefinition } = target.container;
    const containerName = shortName(target.container);
    // The container's own image needs no container of its own.
    const other = image === target.image ? undefined : image;
    for (let number = 1; ; number++) {
      const id = `${containerName}-prepare${number === 1 ? '' : number}`;
      const found = taskDefinition.node.tryFindChild(`${id}-mounts`) as Preparation | undefined;
      if (!found) return new Preparation(taskDefinition, id, target, other);
      if (found.image === other) return found;
    }
  }

  private readonly container: ecs.ContainerDefinition;
  private readonly commands: string[] = [];
  private readonly directories = new Set<string>();
  private files = 0;

  private constructor(
    private readonly task: ecs.TaskDefinition,
    name: string,
    private readonly target: MountTarget,
    private readonly image?: ecs.ContainerImage,
  ) {
    super(task, `${name}-mounts`);
    const { container } = target;
    this.container = task.addContainer(name, {
      image: image ?? target.image ?? ecs.ContainerImage.fromRegistry(container.imageName),
      essential: false,
      user: '0',
      readonlyRootFilesystem: true,
      entryPoint: ['sh', '-c'],
      command: Lazy.list({ produce: () => [this.commands.join(' && ')] }),
      logging: sameLogs(container),
      // Without a size of the task a container must have one.
      memoryReservationMiB: (task.node.defaultChild as ecs.CfnTaskDefinition).memory === undefined ? 16 : undefined,
    });
    container.addContainerDependencies({
      container: this.container,
      condition: ecs.ContainerDependencyCondition.SUCCESS,
    });
  }

  /** Shows a volume to it, and gives a directory there to its user. */
  public own(volume: string, path: string, owner: PosixUser | undefined, mode: string | undefined): void {
    this.container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly: false });
    if (owner) this.commands.push(`chown ${quoted(`${owner.uid}:${owner.gid}`)} ${quoted(path)}`);
    if (mode) this.commands.push(`chmod ${quoted(mode)} ${quoted(path)}`);
  }

  /** Writes a file into a directory, which the other container sees too. */
  public write(directory: string, file: string, content: string | ecs.Secret, mode: string, owner?: PosixUser): void {
    this.show(directory);
    const variable = `FILE_${++this.files}`;
    if (typeof content === 'string') {
      this.container.addEnvironment(variable, content);
      Validations.of(this.task).acknowledge(...FINDINGS.plainEnvironment);
      if (content.includes('${') && !isToken(content)) Validations.of(this.task).acknowledge(...FINDINGS.braces);
    } else {
      this.container.addSecret(variable, content);
    }
    const to = quoted(file);
    this.commands.push(`printf '%s' "$${variable}" > ${to}`);
    if (owner) this.commands.push(`chown ${quoted(`${owner.uid}:${owner.gid}`)} ${to}`);
    this.commands.push(`chmod ${quoted(mode)} ${to}`);
  }

  /** An empty directory of the task that both containers see, and only this one writes to. */
  private show(directory: string): void {
    if (this.directories.has(directory)) return;
    this.directories.add(directory);
    const { container } = this.target;
    const volume = volumeName(this, container.containerName, directory);
    this.container.addMountPoints({ sourceVolume: volume, containerPath: directory, readOnly: false });
    // Another one, with another image, may write to it too.
    if (container.mountPoints.some(({ sourceVolume }) => sourceVolume === volume)) return;
    this.task.addVolume({ name: volume });
    container.addMountPoints({ sourceVolume: volume, containerPath: directory, readOnly: true });
  }
}

/** ECS takes 255 characters for the name of a container. */
function shortName(container: ecs.ContainerDefinition): string {
  const { containerName } = container;
  return containerName.length > 240
    ? `${containerName.slice(0, 230)}-${hash(container, [containerName])}`
    : containerName;
}

/** Logs where the container that waits for it does. */
function sameLogs({ logDriverConfig }: ecs.ContainerDefinition): ecs.LogDriver | undefined {
  if (!logDriverConfig) return undefined;
  return { bind: () => logDriverConfig };
}
