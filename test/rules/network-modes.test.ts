import { checkOwnAddresses } from '../../lib/rules/network-modes';
import { expectFailure } from '../support/errors';

test('tasks have network interfaces of their own', () => {
  expect(() => checkOwnAddresses('VPC Lattice', 'Web', 'awsvpc')).not.toThrow();
  expectFailure(
    () => checkOwnAddresses('VPC Lattice', 'Web', 'host'),
    "the network mode must be awsvpc for a route of VPC Lattice, got host for 'Web': use a capacity with it",
  );
});
