import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsFailure, eventOf, FakeAws, FakeClock, quietly } from './fake-aws';
import type { Operation } from './fake-aws';
import basic1 from './fixtures/basic-1.json';
import basic2 from './fixtures/basic-2.json';
import imageReply from './fixtures/image.json';
import indexManifest from './fixtures/index-manifest.json';
import { imageGate } from '../../lib/handlers/src/image-gate/image-gate';
import { answer } from '../../lib/handlers/src/shared/custom-resource';

export const DIGEST = imageReply.images[0].imageId.imageDigest;

export const PROPERTIES = {
  RegistryId: '111122223333',
  RepositoryName: 'shop/web',
  Image: '1.4.2',
  Refuse: 'HIGH',
  FixAvailableOnly: 'false',
  DeployWithoutScan: 'false',
  TimeoutSeconds: '600',
};

/** What a scan answers. */
export const CLEAN = {
  imageScanStatus: { status: 'COMPLETE' },
  imageScanFindings: { findings: [], imageScanCompletedAt: 1579839105, findingSeverityCounts: {} },
};
export const none = () => new AwsFailure('ScanNotFoundException', 'Image scan does not exist');
export const status = (name: string, description?: string) => ({ imageScanStatus: { status: name, description } });
export const found = (...findings: unknown[]) => ({
  ...CLEAN,
  imageScanFindings: { ...CLEAN.imageScanFindings, findings },
});
export const basic: Operation = ({ nextToken }) => (nextToken === 'page-2' ? basic2 : basic1);

/** What ECR answers for an image of several platforms. */
export const index = (content: unknown = indexManifest) => ({
  images: [
    {
      imageId: { imageDigest: 'sha256:index' },
      imageManifest: typeof content === 'string' ? content : JSON.stringify(content),
      imageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
    },
  ],
});

interface Setup {
  readonly event?: Record<string, unknown>;
  readonly image?: Operation;
  readonly stack?: { readonly status: string | undefined };
}

/** A gate in front of an AWS that a test makes up. */
export class Gate {
  public aws!: FakeAws;
  public logs!: () => string[];

  constructor() {
    beforeAll(async () => {
      this.aws = await FakeAws.start();
      this.logs = quietly();
    });
    afterAll(() => this.aws.stop());
  }

  /** Asks the gate, whose scans answer this, and returns what CloudFormation is told. */
  public async ask(scan: Operation, properties: Record<string, unknown> = {}, setup: Setup = {}) {
    this.aws.reset({ BatchGetImage: setup.image ?? (() => imageReply), DescribeImageScanFindings: scan });
    if (setup.stack) this.aws.stackStatus = setup.stack.status;
    const clock = new FakeClock();
    const event = eventOf(this.aws, { ResourceProperties: { ...PROPERTIES, ...properties }, ...setup.event });
    // The SDK would wait in real time before it tries again.
    await answer(event, clock, () => imageGate(event, new ECRClient({ maxAttempts: 1 }), clock));
    expect(this.aws.answers).toHaveLength(1);
    return { ...this.aws.answers[0], seconds: clock.seconds };
  }

  public async passes(...args: Parameters<Gate['ask']>): Promise<void> {
    expect((await this.ask(...args)).Status).toBe('SUCCESS');
  }

  public async refuses(reason: string, ...args: Parameters<Gate['ask']>): Promise<void> {
    const { Status, Reason } = await this.ask(...args);
    expect({ Status, Reason }).toEqual({ Status: 'FAILED', Reason: reason });
  }
}
