import { Lazy, Stack } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import type { IInstanceFileSystem } from '../instance-file-system';
import { rulesBetween } from './network';

/** Opens the ports between instances and their file systems. What it returns must exist before an instance starts. */
export function connectInstances(
  instances: IConstruct & ec2.IConnectable,
  fileSystems: IInstanceFileSystem[],
): IConstruct[] {
  return fileSystems.flatMap((fileSystem) => {
    checkSamePlace(
      `the file system '${fileSystem.node.path}'`,
      Stack.of(fileSystem),
      'the instances',
      Stack.of(instances),
    );
    const { ports, callsClients } = fileSystem._instanceFileSystem;
    for (const port of ports) {
      instances.connections.allowTo(fileSystem, port, 'Mounts of instances');
      if (callsClients) instances.connections.allowFrom(fileSystem, port, 'File servers to instances');
    }
    return [fileSystem, ...rulesBetween(instances, fileSystem), ...rulesBetween(fileSystem, instances)];
  });
}

/**
 * Mounts file systems when an instance starts, before its agent of ECS does: that one waits for the end of this script, and
 * after a restart for the mounts. An instance that cannot mount takes no tasks and stops, then too, so that its group replaces it.
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/mounting-ecs.html
 */
export function mountCommands(fileSystems: IInstanceFileSystem[]): string[] {
  const all = fileSystems.map(({ _instanceFileSystem }) => _instanceFileSystem);
  const packages = [...new Set(all.map(({ packageName }) => packageName))];
  const lines = () =>
    all
      .flatMap((each) => each.mounts())
      .flatMap(({ source, directory, type, options }) => [
        `mkdir -p '${directory}'`,
        `echo '${source} ${directory} ${type} ${options},${AFTER_NETWORK} 0 0' >> /etc/fstab`,
        `retry mount '${directory}'`,
        `stop_without '${directory}'`,
      ]);
  const directories = () => all.flatMap((each) => each.mounts().map(({ directory }) => directory));
  return [
    FUNCTIONS,
    ...packages.map((name) => `retry dnf install -y ${name}`),
    Lazy.string({ produce: () => lines().join('\n') }),
    'mkdir -p /etc/systemd/system/ecs.service.d',
    Lazy.string({
      produce: () =>
        `printf '[Unit]\\nRequiresMountsFor=%s\\n' '${directories().join(' ')}' > /etc/systemd/system/ecs.service.d/file-systems.conf`,
    }),
    'systemctl daemon-reload',
  ];
}

const AFTER_NETWORK = '_netdev,x-systemd.requires=systemd-networkd-wait-online.service,x-systemd.mount-timeout=10min';

const FUNCTIONS = `retry() {
  for _ in {1..20}; do
    if "$@"; then return 0; fi
    sleep 15
  done
  echo "failed: $* - this instance takes no tasks" >&2
  systemctl mask --now --no-block ecs
  shutdown -h now
  exit 1
}
stop_without() {
  unit=$(systemd-escape --path --suffix=mount "$1")
  mkdir -p "/etc/systemd/system/$unit.d"
  printf '[Unit]\\nOnFailure=poweroff.target\\nOnFailureJobMode=replace-irreversibly\\n' > "/etc/systemd/system/$unit.d/stop.conf"
}`;
