import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { acceleratorOf, commonHardware, isArm } from '../../lib/rules/hardware';
import { expectFailure } from '../support/errors';

describe('acceleratorOf', () => {
  test.each([
    ['m7i.large', undefined],
    ['c7gn.large', undefined],
    ['g4ad.xlarge', undefined],
    ['g4dn.xlarge', 'GPU'],
    ['g5g.xlarge', 'GPU'],
    ['g6e.xlarge', 'GPU'],
    ['gr6.4xlarge', 'GPU'],
    ['p5en.48xlarge', 'GPU'],
    ['inf1.xlarge', 'Neuron'],
    ['inf2.xlarge', 'Neuron'],
    ['trn1n.32xlarge', 'Neuron'],
    ['trn2.48xlarge', 'Neuron'],
  ])('knows that %s has %s', (type, accelerator) => {
    expect(acceleratorOf(type)).toBe(accelerator);
  });
});

describe('isArm', () => {
  test.each([
    'a1.large',
    't4g.small',
    'm7g.large',
    'm6gd.large',
    'c7gn.large',
    'im4gn.large',
    'is4gen.large',
    'x2gd.large',
    'i8ge.large',
    'hpc7g.4xlarge',
    'g5g.xlarge',
    'c8gb.large',
    'm9g.large',
    'p6e-gb200.36xlarge',
  ])('knows that %s is ARM', (type) => {
    expect(isArm(type)).toBe(true);
  });

  test.each([
    'm7i.large',
    'm7a.large',
    'g6.xlarge',
    'g4dn.xlarge',
    'g7e.2xlarge',
    'gr6.4xlarge',
    'p5.48xlarge',
    'p6-b200.48xlarge',
    'trn2.48xlarge',
    'inf2.xlarge',
    'u-6tb1.metal',
    'u7i-12tb.224xlarge',
    'c7i-flex.large',
    'mac2.metal',
  ])('knows that %s is x86', (type) => {
    expect(isArm(type)).toBe(false);
  });

  test.each(
    Object.values(ec2.InstanceClass).filter((family) => /^[a-z]+\d[a-z]*$/.test(family) && !family.startsWith('mac')),
  )('agrees with the L2 about %s', (family) => {
    const type = `${family}.large`;
    expect(isArm(type)).toBe(new ec2.InstanceType(type).architecture === ec2.InstanceArchitecture.ARM_64);
  });
});

describe('commonHardware', () => {
  const hardware = (...types: string[]) => commonHardware(types, { min: 1, max: 20 }, 'a node group');

  test('is what all types have', () => {
    expect(hardware('m7g.large', 'c7g.large')).toEqual({ arm: true, accelerator: undefined });
    expect(hardware('p6-b200.48xlarge', 'p5.48xlarge')).toEqual({ arm: false, accelerator: 'GPU' });
  });

  test('fails when processors or accelerators differ', () => {
    expectFailure(
      () => hardware('m7g.large', 'm7i.large'),
      'instanceTypes must all have the same processor architecture, got m7g.large, m7i.large: make a node group for each',
    );
    expectFailure(
      () => hardware('m7i.large', 'g6.xlarge'),
      'instanceTypes must all have the same kind of accelerator, or none, got m7i.large, g6.xlarge: their images differ, make a node group for each',
    );
  });

  test('fails when there are none, or too many', () => {
    expectFailure(() => hardware(), 'the number of instanceTypes must be between 1 and 20, got 0');
  });
});
