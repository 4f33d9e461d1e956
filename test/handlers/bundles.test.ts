import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { eventOf, FakeAws, quietly } from './fake-aws';
import imageReply from './fixtures/image.json';
import { basic, PROPERTIES } from './gate';

const FOLDER = join(__dirname, '../../lib/handlers/bundled');
const NAMES = ['account-settings', 'image-gate'];
const textOf = (name: string) => readFileSync(join(FOLDER, name, 'index.js'), 'utf8');

/** The function as Lambda loads it. */
const handlerOf = (name: string): ((event: unknown) => Promise<void>) =>
  createRequire(__filename)(join(FOLDER, name, 'index.js')).handler;

let aws: FakeAws;
beforeAll(async () => {
  aws = await FakeAws.start();
  quietly();
});
afterAll(() => aws.stop());

describe('the functions as they are deployed', () => {
  test('are these', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(NAMES);
  });

  test.each(NAMES)('need nothing but Node and the AWS SDK: %s', (name) => {
    const modules = [...textOf(name).matchAll(/require\("([^"]+)"\)/g)].map(([, module]) => module);
    const own = ['@aws-sdk/client-cloudformation', '@aws-sdk/client-ecr', 'node:http', 'node:https'];
    expect([...new Set(modules)].sort()).toEqual(own);
  });

  // Their hash is in the templates of users.
  test.each(NAMES)('hold no path of this machine: %s', (name) => {
    expect(textOf(name)).not.toContain(process.cwd());
    expect(textOf(name)).not.toContain('sourceMappingURL');
  });

  test('gate an image', async () => {
    aws.reset({ BatchGetImage: () => imageReply, DescribeImageScanFindings: basic });
    await handlerOf('image-gate')(eventOf(aws, { ResourceProperties: PROPERTIES }));
    expect(aws.answers).toEqual([
      expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining('CVE-2022-37434 CRITICAL in zlib') }),
    ]);
  });

  test('set account settings', async () => {
    aws.reset({ GetAccountSetting: ({ name }) => ({ name, value: 'V1' }), PutAccountSetting: (input) => input });
    const Settings = { REGISTRY_POLICY_SCOPE: 'V2' };
    await handlerOf('account-settings')(eventOf(aws, { ResourceProperties: { Settings } }));
    expect(aws.answers).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
    expect(aws.inputs('PutAccountSetting')).toEqual([{ name: 'REGISTRY_POLICY_SCOPE', value: 'V2' }]);
  });
});
