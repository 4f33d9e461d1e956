import type { AddOnKind } from '../add-on';
import type { AddOnOptions } from '../add-on-options';
import { addOnKind, checkAddOnOptions } from '../private/add-on-kind';

export function kubeProxy(options: AddOnOptions): AddOnKind {
  checkAddOnOptions('kubeProxy', options, []);
  return addOnKind({ name: 'kube-proxy', options });
}
