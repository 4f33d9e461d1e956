import { Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainerRepository, ImagePipeline, ImageSource, Retention, Severity } from '../../lib';

/** Where images live: kept or deleted by rules, rebuilt every week, and somebody hears of what scans find. */
export class ImageRegistry extends Stack {
  public readonly images: ContainerRepository;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.images = new ContainerRepository(this, 'Images', {
      retention: [Retention.expireUntagged(Duration.days(7)), Retention.keep(['release-*']), Retention.keepLast(30)],
    });
    this.images.onFindings({ minSeverity: Severity.HIGH });

    new ImagePipeline(this, 'Rebuild', {
      repository: this.images,
      source: ImageSource.asset('examples/image-registry/app'),
      rebuild: { every: Duration.days(7) },
      parameterName: '/image-registry/tag',
    });
  }
}
