import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { newApp } from './fixture';
import { STRICT, validate } from './validate';

/** Whatever is given: it fails with an error of the library, or is a template that the strict engine accepts. */
export function expectErrorOrTemplate<T>(
  cases: fc.Arbitrary<T>,
  numRuns: number,
  make: (given: T, stack: Stack) => void,
): void {
  let accepted = 0;
  fc.assert(
    fc.property(cases, (given) => {
      const app = newApp(STRICT);
      const stack = new Stack(app, 'Shop');
      try {
        make(given, stack);
      } catch (error) {
        expect(`${(error as Error).name}: ${(error as Error).message}`).toMatch(/^ContainersError: /);
        return;
      }
      accepted += 1;
      expect(validate(app, []).open.filter((finding) => !finding.rule.startsWith('Annotation::'))).toEqual([]);
    }),
    { numRuns, endOnFailure: true },
  );
  // A generator that only makes wrong things would prove nothing.
  expect(accepted).toBeGreaterThan(numRuns / 20);
}

/** A network of somebody else, which costs no resources. */
export function importedVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    publicSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
    privateSubnetRouteTableIds: ['rtb-0123456789abcdef2', 'rtb-0123456789abcdef3'],
  });
}
