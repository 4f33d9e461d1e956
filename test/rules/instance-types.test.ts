import { instanceTypeFacts, taskNetworkLimit } from '../../lib/rules/instance-types';

/** The facts of a type that the table must have. */
const facts = (type: string) => {
  const found = instanceTypeFacts(type);
  if (!found) throw new Error(`${type} is not in the table`);
  return found;
};

/** Type, vCPUs, GiB, GPUs, Neuron devices, interfaces, branch interfaces. */
const KNOWN = [
  ['a1.medium', 1, 2, 0, 2, 10],
  ['a1.metal', 16, 32, 0, 8, 0],
  ['c5.large', 2, 4, 0, 3, 9],
  ['c5.9xlarge', 36, 72, 0, 8, 54],
  ['c5.metal', 96, 192, 0, 15, 0],
  ['c5a.8xlarge', 32, 64, 0, 8, 54],
  ['c5n.large', 2, 5.25, 0, 3, 0],
  ['c6g.medium', 1, 2, 0, 2, 4],
  ['c7i-flex.large', 2, 4, 0, 3, 3],
  ['g4dn.xlarge', 4, 16, 1, 3, 0],
  ['g4dn.12xlarge', 48, 192, 4, 8, 0],
  ['g5.xlarge', 4, 16, 1, 4, 4],
  ['g5.48xlarge', 192, 768, 8, 7, 115],
  ['i3.large', 2, 15.25, 0, 3, 0],
  ['i3en.large', 2, 16, 0, 3, 0],
  ['inf1.6xlarge', 24, 48, 0, 8, 0],
  ['inf2.xlarge', 4, 16, 0, 4, 18],
  ['inf2.48xlarge', 192, 768, 0, 15, 107],
  ['m5.large', 2, 8, 0, 3, 9],
  ['m5.24xlarge', 96, 384, 0, 15, 107],
  ['m5.metal', 96, 384, 0, 15, 0],
  ['m5n.large', 2, 8, 0, 3, 9],
  ['m5n.24xlarge', 96, 384, 0, 15, 0],
  ['m6g.4xlarge', 16, 64, 0, 8, 54],
  ['m7g.medium', 1, 4, 0, 2, 4],
  ['p4d.24xlarge', 96, 1152, 8, 60, 62],
  ['r5.large', 2, 16, 0, 3, 9],
  ['r5.8xlarge', 32, 256, 0, 8, 0],
  ['t3.nano', 2, 0.5, 0, 2, 0],
  ['t3.medium', 2, 4, 0, 3, 0],
  ['t4g.2xlarge', 8, 32, 0, 4, 0],
  ['trn1.2xlarge', 8, 32, 0, 4, 17],
  ['u-3tb1.56xlarge', 224, 3072, 0, 8, 6],
  ['x2gd.medium', 1, 16, 0, 2, 10],
  ['z1d.large', 2, 16, 0, 3, 0],
] as const;

/** A sample of the families, each with sizes that it has. */
const SAMPLE: [string, string[]][] = [
  ['c6a', ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '32xlarge']],
  ['c6i', ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', 'metal']],
  ['c7g', ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', 'metal']],
  ['g6', ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '48xlarge']],
  ['i4i', ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge', '32xlarge', 'metal']],
  ['m7i', ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '48xlarge']],
  ['r7g', ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', 'metal']],
  ['r8g', ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '24xlarge', '48xlarge', 'metal-24xl']],
  ['t3a', ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge']],
];

describe('instanceTypeFacts', () => {
  test.each(KNOWN)(
    '%s has %d vCPUs and %d GiB, %d GPUs, %d interfaces and %d branches',
    (type, vCpus, gib, gpus, interfaces, branchInterfaces) => {
      expect(facts(type)).toEqual({
        cpuUnits: vCpus * 1024,
        memoryMiB: gib * 1024,
        gpus,
        interfaces,
        branchInterfaces,
      });
    },
  );

  test.each(SAMPLE)('the sizes of %s are whole numbers', (family, sizes) => {
    for (const size of sizes) {
      const found = facts(`${family}.${size}`);
      for (const value of Object.values(found)) expect(Number.isInteger(value) && value >= 0).toBe(true);
      for (const value of [found.cpuUnits, found.memoryMiB, found.interfaces - 1]) expect(value).toBeGreaterThan(0);
      expect(found.cpuUnits % 1024).toBe(0);
    }
  });

  test.each([
    'm5.13xlarge',
    'm5.',
    'm5',
    '',
    '.large',
    'x99.large',
    'M5.large',
    't2.micro',
    'mac1.metal',
    'constructor.large',
    'toString.large',
    '__proto__.large',
    'm5.constructor',
    'm5.__proto__',
  ])("nothing is known of '%s'", (type) => {
    expect(instanceTypeFacts(type)).toBeUndefined();
  });
});

describe('taskNetworkLimit', () => {
  test.each([
    ['a1.medium', 1, 10],
    ['c5.large', 2, 10],
    ['c5.18xlarge', 14, 120],
    ['m5.xlarge', 3, 20],
    ['m5.2xlarge', 3, 40],
    ['m5.4xlarge', 7, 60],
    ['m5n.16xlarge', 14, 120],
    ['m5zn.large', 2, 14],
    ['p4d.24xlarge', 59, 120],
    ['t3.medium', 2, 2],
    ['c5.metal', 14, 14],
    ['c5n.large', 2, 2],
    ['z1d.large', 2, 2],
  ])('%s holds %d tasks, %d with trunking', (type, without, trunking) => {
    expect([false, true].map((on) => taskNetworkLimit(facts(type), on))).toEqual([without, trunking]);
  });
});
