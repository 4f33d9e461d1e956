import { aws_secretsmanager as secretsmanager, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  AppliedFor,
  ContainerRepository,
  PublicRepository,
  PullThroughCache,
  RegistryScanning,
  RegistrySettings,
  RepositoryTemplate,
  Retention,
  Severity,
  Upstream,
} from '../../lib';

/** The registry of an account: scanned, signed, copied to a second region, with a cache in front of others' images. */
export class RegistryHub extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const registry = new RegistrySettings(this, 'Registry', {
      scanning: RegistryScanning.enhanced({ continuous: ['shop/*'], scanOnPush: ['*'] }),
      replication: [{ prefixes: ['shop/'], destinations: [{ region: 'eu-central-1' }] }],
      signing: { rules: [{ repositories: ['shop/*'] }] },
    });
    const images = new ContainerRepository(this, 'Images', {
      repositoryName: 'shop/web',
      signingProfile: registry.signingProfile,
    });
    images.onFindings({ minSeverity: Severity.CRITICAL, fixAvailableOnly: true });

    // A push to a repository that nobody made yet makes it, with these settings.
    new RepositoryTemplate(this, 'Template', {
      prefix: 'shop',
      appliedFor: [AppliedFor.CREATE_ON_PUSH],
      retention: [Retention.expireUntagged(Duration.days(7))],
    });

    new PullThroughCache(this, 'Aws', { upstream: Upstream.ecrPublic() });
    const secret = secretsmanager.Secret.fromSecretNameV2(this, 'DockerHubLogin', 'ecr-pullthroughcache/docker-hub');
    new PullThroughCache(this, 'DockerHub', { upstream: Upstream.dockerHub(secret) });

    const tools = new PublicRepository(this, 'Tools', { catalog: { description: 'Tools of the shop' } });
    Validations.of(tools).acknowledge({
      id: 'Annotation::cdk-containers:PublicRepositoryRegion',
      reason: 'this example has no environment; deploy it to us-east-1, the only region of ECR Public',
    });
  }
}
