import { ECRClient } from '@aws-sdk/client-ecr';
import { accountSettings } from './account-settings';
import type { AccountSettingsProperties } from './account-settings';
import { CLOCK } from '../shared/clock';
import { answer } from '../shared/custom-resource';
import type { CustomResourceEvent } from '../shared/custom-resource';

export function handler(event: CustomResourceEvent<AccountSettingsProperties>): Promise<void> {
  return answer(event, CLOCK, () => accountSettings(event, new ECRClient(), CLOCK));
}
