import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Size } from 'aws-cdk-lib';
import { InstanceImage, LustreFileSystem, OntapFileSystem } from '../../lib';
import type { IInstanceFileSystem } from '../../lib';
import { Fixture } from '../support/fixture';
import { launchTemplateOf, newPool } from '../support/pools';
import { lenientApp } from '../support/resources';

/** What a deployment puts into the places of references. */
function deployed(value: any): string {
  if (typeof value === 'string') return value;
  const attribute = value['Fn::GetAtt']?.[1] ?? '';
  const values: Record<string, string> = {
    'AWS::Region': 'eu-west-1',
    'AWS::URLSuffix': 'amazonaws.com',
    LustreMountName: 'abcdefgh',
    StorageVirtualMachineId: 'svm-1',
  };
  const name: string = value.Ref ?? attribute;
  return values[name] ?? name.replace(/(FileSystem|Cluster)[0-9A-F]{8}.*$/, '').replace(/^/, 'fs-');
}

/** The script with which the instances of a pool start. Directories are without the hash of their file system. */
function script(fileSystems?: (fixture: Fixture) => IInstanceFileSystem[], after?: () => void): string {
  const fixture = new Fixture(lenientApp());
  newPool(fixture, { image: InstanceImage.al2023(), fileSystems: fileSystems?.(fixture) });
  after?.();
  const encoded = launchTemplateOf(fixture.template()).UserData['Fn::Base64'];
  const parts: unknown[] = typeof encoded === 'string' ? [encoded] : encoded['Fn::Join'][1];
  return parts
    .map(deployed)
    .join('')
    .replace(/(\/mnt\/\w+)-[0-9a-f]{8}/g, '$1');
}

const lustreOf = ({ stack, vpc }: Fixture, id = 'Lustre') => new LustreFileSystem(stack, id, { vpc });
const ontapOf = ({ stack, vpc }: Fixture, id = 'Ontap') =>
  new OntapFileSystem(stack, id, { vpc, storageCapacity: Size.tebibytes(1) });
const add = (ontap: OntapFileSystem, junctionPath: string) =>
  ontap.addVolume(`At${junctionPath.slice(1)}`, { junctionPath, size: Size.gibibytes(1) });

/** A file system of Lustre, and one of ONTAP with two volumes, of which one comes after the pool. */
function both(): string {
  let ontap: OntapFileSystem;
  return script(
    (fixture) => {
      ontap = ontapOf(fixture);
      add(ontap, '/data');
      return [lustreOf(fixture), ontap];
    },
    () => add(ontap, '/logs'),
  );
}

const AGENT = `echo ECS_CLUSTER=fs-Ecs >> /etc/ecs/ecs.config
cat >> /etc/ecs/ecs.config <<'EOF'
ECS_AWSVPC_BLOCK_IMDS=true
ECS_DISABLE_PRIVILEGED=true
EOF`;
const AFTER_NETWORK = '_netdev,x-systemd.requires=systemd-networkd-wait-online.service,x-systemd.mount-timeout=10min';
const LUSTRE_LINE = `fs-Lustre.fsx.eu-west-1.amazonaws.com@tcp:/abcdefgh /mnt/Lustre lustre defaults,noatime,flock,${AFTER_NETWORK} 0 0`;
const ontapLine = (path: string) =>
  `svm-1.fs-Ontap.fsx.eu-west-1.amazonaws.com:${path} /mnt/Ontap${path} nfs defaults,nfsvers=4.1,hard,noatime,${AFTER_NETWORK} 0 0`;

describe('the user data of instances', () => {
  test('is that of the agent alone without file systems', () => {
    expect(script()).toBe(`#!/bin/bash\n${AGENT}`);
    expect(script(() => [])).toBe(script());
  });

  test('mounts each file system, and then lets the agent start', () => {
    expect(both()).toBe(`#!/bin/bash
retry() {
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
}
retry dnf install -y lustre-client
retry dnf install -y nfs-utils
mkdir -p '/mnt/Lustre'
echo '${LUSTRE_LINE}' >> /etc/fstab
retry mount '/mnt/Lustre'
stop_without '/mnt/Lustre'
mkdir -p '/mnt/Ontap/data'
echo '${ontapLine('/data')}' >> /etc/fstab
retry mount '/mnt/Ontap/data'
stop_without '/mnt/Ontap/data'
mkdir -p '/mnt/Ontap/logs'
echo '${ontapLine('/logs')}' >> /etc/fstab
retry mount '/mnt/Ontap/logs'
stop_without '/mnt/Ontap/logs'
mkdir -p /etc/systemd/system/ecs.service.d
printf '[Unit]\\nRequiresMountsFor=%s\\n' '/mnt/Lustre /mnt/Ontap/data /mnt/Ontap/logs' > /etc/systemd/system/ecs.service.d/file-systems.conf
systemctl daemon-reload
${AGENT}`);
  });

  test('installs each package once', () => {
    const text = script((fixture) => {
      const ontaps = ['One', 'Two'].map((id) => ontapOf(fixture, id));
      ontaps.forEach((ontap) => add(ontap, '/data'));
      return [lustreOf(fixture, 'A'), ...ontaps, lustreOf(fixture, 'B')];
    });
    expect(text.match(/dnf .*/g)).toEqual(['dnf install -y lustre-client', 'dnf install -y nfs-utils']);
    expect(text.match(/RequiresMountsFor=%s\\n' '(.*)'/)![1].split(' ')).toEqual([
      '/mnt/A',
      '/mnt/One/data',
      '/mnt/Two/data',
      '/mnt/B',
    ]);
  });
});

/** How often a command fails before it works. */
type Failures = Record<string, number>;

/** Runs the script for real, in a directory of its own, with commands that only write down that they were called. */
function run(text: string, failures: Failures = {}) {
  const root = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'instance-'));
  const path = (name: string) => join(root, name);
  ['bin', 'ecs', 'failures'].forEach((name) => mkdirSync(path(name)));
  ['mkdir', 'cat'].forEach((name) => symlinkSync(`/bin/${name}`, path(`bin/${name}`)));
  for (const [command, count] of Object.entries(failures)) {
    writeFileSync(path(`failures/${command.replace(/\W/g, '_')}`), String(count));
  }
  for (const name of ['dnf', 'mount', 'systemctl', 'systemd-escape', 'shutdown', 'sleep']) {
    writeFileSync(path(`bin/${name}`), `#!/bin/bash\nroot='${root}'\nname=${name}\n${STUB}`, { mode: 0o755 });
  }
  const moved = text
    .replaceAll('/etc/fstab', path('fstab'))
    .replaceAll('/etc/systemd/system', path('systemd'))
    .replaceAll('/etc/ecs/', `${path('ecs')}/`)
    .replaceAll('/mnt/', `${path('mnt')}/`);
  writeFileSync(path('script'), moved);
  // No other command is in reach.
  const { status, stderr } = spawnSync('/bin/bash', ['--norc', path('script')], {
    env: { PATH: path('bin') },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const read = (name: string) =>
    existsSync(path(name)) ? readFileSync(path(name), 'utf8').replaceAll(root, '') : undefined;
  return {
    status,
    stderr: stderr.replaceAll(root, ''),
    calls: read('calls')!.trimEnd().split('\n'),
    fstab: read('fstab'),
    unit: read('systemd/ecs.service.d/file-systems.conf'),
    stop: read('systemd/-mnt-Ontap-data.mount.d/stop.conf'),
    agent: read('ecs/ecs.config'),
    made: (directory: string) => existsSync(path(directory)),
  };
}

const STUB = `call="$name $*"
call="\${call//$root/}"
echo "$call" >> "$root/calls"
failures="$root/failures/\${call//[^A-Za-z0-9_]/_}"
if [ -f "$failures" ]; then
  left=$(< "$failures")
  if [ "$left" -gt 0 ]; then echo $((left - 1)) > "$failures"; exit 32; fi
fi
if [ "$name" = systemd-escape ]; then unit="\${3//$root/}"; echo "\${unit//\\//-}.mount"; fi
`;
const INSTALLS = ['dnf install -y lustre-client', 'dnf install -y nfs-utils'];
const MOUNTS = ['/mnt/Lustre', '/mnt/Ontap/data', '/mnt/Ontap/logs'].map((directory) => `mount ${directory}`);
/** What follows a mount that works. */
const done = (mount: string) => [mount, `systemd-escape --path --suffix=${mount}`];
const times = (count: number, ...calls: string[]) => Array<string[]>(count).fill(calls).flat();
const SETTINGS = 'ECS_CLUSTER=fs-Ecs\nECS_AWSVPC_BLOCK_IMDS=true\nECS_DISABLE_PRIVILEGED=true\n';

describe('an instance that runs it', () => {
  test('mounts, keeps the mounts for its next start, and sets its agent up', () => {
    const { status, stderr, calls, fstab, unit, stop, agent, made } = run(both());
    expect([status, stderr]).toEqual([0, '']);
    expect(calls).toEqual([...INSTALLS, ...MOUNTS.flatMap(done), 'systemctl daemon-reload']);
    expect(fstab).toBe([LUSTRE_LINE, ontapLine('/data'), ontapLine('/logs'), ''].join('\n'));
    expect(unit).toBe('[Unit]\nRequiresMountsFor=/mnt/Lustre /mnt/Ontap/data /mnt/Ontap/logs\n');
    // After a restart nobody runs the script again: an instance that cannot mount then stops by this.
    expect(stop).toBe('[Unit]\nOnFailure=poweroff.target\nOnFailureJobMode=replace-irreversibly\n');
    expect(agent).toBe(SETTINGS);
    expect(['mnt/Lustre', 'mnt/Ontap/data', 'mnt/Ontap/logs'].map(made)).toEqual([true, true, true]);
  });

  test.each<[string, Failures, string[]]>([
    [
      'a mount',
      { [MOUNTS[0]]: 2 },
      [...INSTALLS, ...times(2, MOUNTS[0], 'sleep 15'), ...MOUNTS.flatMap(done), 'systemctl daemon-reload'],
    ],
    [
      'a mount, at the last attempt',
      { [MOUNTS[0]]: 19 },
      [...INSTALLS, ...times(19, MOUNTS[0], 'sleep 15'), ...MOUNTS.flatMap(done), 'systemctl daemon-reload'],
    ],
    [
      'a package',
      { [INSTALLS[0]]: 2 },
      [...times(2, INSTALLS[0], 'sleep 15'), ...INSTALLS, ...MOUNTS.flatMap(done), 'systemctl daemon-reload'],
    ],
  ])('tries again when %s fails', (_what, failures, expected) => {
    const { status, calls, fstab, agent } = run(both(), failures);
    expect(status).toBe(0);
    expect(calls).toEqual(expected);
    expect(fstab!.trimEnd().split('\n')).toHaveLength(3);
    expect(agent).toBe(SETTINGS);
  });

  test.each<[string, string, string[]]>([
    ['install', INSTALLS[0], []],
    ['install the second package', INSTALLS[1], [INSTALLS[0]]],
    ['mount', MOUNTS[0], INSTALLS],
    ['mount the last', MOUNTS[2], [...INSTALLS, ...done(MOUNTS[0]), ...done(MOUNTS[1])]],
  ])('takes no tasks and stops when it cannot %s', (_what, failed, before) => {
    const { status, stderr, calls, unit, agent, made } = run(both(), { [failed]: 1000 });
    expect(status).toBe(1);
    expect(stderr).toBe(`failed: ${failed} - this instance takes no tasks\n`);
    expect(calls).toEqual([
      ...before,
      ...times(20, failed, 'sleep 15'),
      'systemctl mask --now --no-block ecs',
      'shutdown -h now',
    ]);
    expect([unit, agent]).toEqual([undefined, undefined]);
    expect(made('mnt/Ontap/logs')).toBe(failed === MOUNTS[2]);
  });
});
