import type { Template } from 'aws-cdk-lib/assertions';
import { Fixture, only } from './fixture';
import { Routing } from '../../lib';
import type { LatticeRoutingOptions, WebServiceProps } from '../../lib';

/** The ARN of the only resource of a type. */
export const arnOf = (template: Template, type: string) => ({ 'Fn::GetAtt': [only(template, type).id, 'Arn'] });

/** A service in VPC Lattice, with its template. */
export function made(
  options: (fixture: Fixture) => LatticeRoutingOptions = () => ({}),
  props: Partial<WebServiceProps> = {},
  fixture = new Fixture(),
) {
  const web = fixture.web({ routing: Routing.lattice(options(fixture)), ...props });
  return { fixture, web, template: fixture.template() };
}
