import type { AddOnKind } from '../add-on';
import type { AddOnOptions } from '../add-on-options';
import { addOnKind, checkAddOnOptions } from '../private/add-on-kind';

export function podIdentityAgent(options: AddOnOptions): AddOnKind {
  checkAddOnOptions('podIdentityAgent', options, []);
  return addOnKind({ name: 'eks-pod-identity-agent', options });
}
