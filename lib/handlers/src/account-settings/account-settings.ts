import { GetAccountSettingCommand, PutAccountSettingCommand } from '@aws-sdk/client-ecr';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Clock } from '../shared/clock';
import { isRollingBack } from '../shared/custom-resource';
import type { CustomResourceEvent } from '../shared/custom-resource';
import { describe, patiently } from '../shared/patience';

/** Settings of ECR by their names. */
type Settings = Record<string, string>;

export interface AccountSettingsProperties {
  readonly Settings: Settings;
}

/** What is remembered of all, also of those that a later update adds. */
const NAMES = ['BASIC_SCAN_TYPE_VERSION', 'REGISTRY_POLICY_SCOPE', 'BLOB_MOUNTING'];

/** Less than the function may run, in milliseconds. */
const TIME_TO_SET = 90_000;
const TIME_TO_RESTORE = 45_000;

/**
 * Sets what is given. What was set before the resource was made is its physical id, so that it comes back when the
 * resource goes, or stops to give a setting.
 */
export async function accountSettings(
  event: CustomResourceEvent<AccountSettingsProperties>,
  ecr: ECRClient,
  clock: Clock,
): Promise<string> {
  const { RequestType, ResourceProperties, OldResourceProperties, PhysicalResourceId = '' } = event;
  const wanted = ResourceProperties.Settings;
  const restore = (settings: Settings) => restoreAll(ecr, clock, settings);
  if (RequestType === 'Delete') {
    await restore(chosen(fromId(PhysicalResourceId), Object.keys(wanted)));
    return PhysicalResourceId;
  }
  const set = () => setAll(ecr, clock, wanted);
  if (RequestType === 'Create') return toId(await set());
  try {
    await set();
  } catch (error) {
    // What a rollback cannot put back must not stop it.
    if (!(await isRollingBack(clock, event.StackId))) throw error;
    console.log(`left as it is: ${describe(error)}`);
  }
  const dropped = Object.keys(OldResourceProperties?.Settings ?? {}).filter((name) => !(name in wanted));
  await restore(chosen(fromId(PhysicalResourceId), dropped));
  return PhysicalResourceId;
}

/** Sets all or none, as far as that is in our hands, and returns what was set before. */
async function setAll(ecr: ECRClient, clock: Clock, wanted: Settings): Promise<Settings> {
  const deadline = clock.now() + TIME_TO_SET;
  const before = await current((name) => patiently(clock, deadline, () => read(ecr, name)), Object.keys(wanted));
  const changed: Settings = {};
  try {
    for (const [name, value] of Object.entries(wanted)) {
      if (before[name] === value) continue;
      await patiently(clock, deadline, () => write(ecr, name, value));
      if (name in before) changed[name] = before[name];
    }
  } catch (error) {
    await restoreAll(ecr, clock, changed);
    throw error;
  }
  return before;
}

/** What is set now. A setting that nobody asks for may be unknown to the region. */
async function current(get: (name: string) => Promise<string | undefined>, wanted: string[]): Promise<Settings> {
  const settings: Settings = {};
  for (const name of [...new Set([...wanted, ...NAMES])]) {
    try {
      const value = await get(name);
      if (value !== undefined) settings[name] = value;
    } catch (error) {
      if (wanted.includes(name)) throw error;
      console.log(`not remembered: ${name}: ${describe(error)}`);
    }
  }
  return settings;
}

/** Never fails: values that AWS has retired since, CLAIR and V1, cannot come back. */
async function restoreAll(ecr: ECRClient, clock: Clock, settings: Settings): Promise<void> {
  const deadline = clock.now() + TIME_TO_RESTORE;
  for (const [name, value] of Object.entries(settings)) {
    try {
      await patiently(clock, deadline, () => write(ecr, name, value));
      console.log(`restored: ${name} is ${value}`);
    } catch (error) {
      console.log(`not restored: ${name} was ${value}: ${describe(error)}`);
    }
  }
}

async function read(ecr: ECRClient, name: string): Promise<string | undefined> {
  return (await ecr.send(new GetAccountSettingCommand({ name }))).value;
}

async function write(ecr: ECRClient, name: string, value: string): Promise<void> {
  await ecr.send(new PutAccountSettingCommand({ name, value }));
}

/** `BLOB_MOUNTING=DISABLED,REGISTRY_POLICY_SCOPE=V1` */
function toId(settings: Settings): string {
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return pairs.sort().join(',') || 'nothing-was-set';
}

/** CloudFormation makes up an id of its own when it never got one. */
function fromId(id: string): Settings {
  const pairs = id.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.filter(([name, value]) => NAMES.includes(name) && value));
}

function chosen(settings: Settings, names: string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}
