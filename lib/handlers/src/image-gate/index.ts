import { ECRClient } from '@aws-sdk/client-ecr';
import { imageGate } from './image-gate';
import type { ImageGateProperties } from './image-gate';
import { CLOCK } from '../shared/clock';
import { answer } from '../shared/custom-resource';
import type { CustomResourceEvent } from '../shared/custom-resource';

export function handler(event: CustomResourceEvent<ImageGateProperties>): Promise<void> {
  return answer(event, CLOCK, () => imageGate(event, new ECRClient(), CLOCK));
}
