import { aws_ecs as ecs, aws_iam as iam, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ecr as ecr, aws_lambda as lambda, aws_logs as logs, CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { gatedImage } from './private/gated-image';
import { checkRepository } from './private/repository-kind';
import { Severity } from './severity';
import { HandlerResource } from '../handlers/handler-resource';
import { checkOneOf } from '../rules/choices';
import { checkPattern, checkSeconds, checkUnique, ContainersError, isToken } from '../rules/errors';
import { FINDINGS } from '../rules/findings';
import { checkList } from '../rules/given';
import { checkTagOrDigest } from '../rules/registry-limits';

/** Which image a gate looks at, and what it refuses. */
export interface ImageGateOptions {
  /**
   * The image: a tag such as `1.4.2`, or a digest such as `sha256:…`. The gate looks again when it changes: behind a
   * tag that moves, nobody has looked at what comes later.
   */
  readonly tagOrDigest: string;

  /**
   * This severity and worse is refused. What nobody has rated yet counts as informational.
   * @default Severity.HIGH
   */
  readonly minSeverity?: Severity;

  /**
   * Refuses only what updates would fix, wholly or in part. Basic scanning does not know fixes: there, all counts.
   * @default false
   */
  readonly fixAvailableOnly?: boolean;

  /**
   * Vulnerabilities that are accepted, by their names as in `CVE-2024-1234`.
   * @default - none
   */
  readonly allow?: string[];

  /**
   * How long to wait for a scan, between 10 seconds and 14 minutes: a function runs for 15 minutes at the most.
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;

  /**
   * Lets an image through of which there is no scan: scanning is off, it failed, it took too long, or it does not know the
   * image. What a scan did find is still refused.
   * @default false
   */
  readonly deployWithoutScan?: boolean;
}

/** Properties of an `ImageGate`. */
export interface ImageGateProps extends ImageGateOptions {
  /**
   * Where the image is: in the region of the gate. One of another account must let this one `ecr:BatchGetImage` and
   * `ecr:DescribeImageScanFindings`, besides pulling; one that the app makes there is told so.
   */
  readonly repository: ecr.IRepository;
}

/**
 * Lets an image into a deployment only when its scan found nothing severe. Else the deployment fails, and says what was found.
 *
 * Pass `image` to a container: its task definition, and with it the service, waits for the gate. Anything else waits with
 * `node.addDependency(gate)`. Of an image for several platforms, every one is looked at.
 *
 * No scan is no pass: scanning must be on for the repository, basic or enhanced. A rollback is never held up. It looks when
 * the image or the rules change, not later: `onFindings` of a `ContainerRepository` tells what becomes known of an image that runs.
 *
 * Creates: `handler` with `role` and `logGroup`, and `customResource`. Costs: less than a cent for each deployment.
 */
export class ImageGate extends Construct {
  /** The image, for a container: whose task waits for the gate, and may pull it. */
  public readonly image: ecs.ContainerImage;

  /** The function that looks at the scan. */
  public readonly handler: lambda.Function;

  /** What the function may do. */
  public readonly role: iam.IRole;

  /** Where the function logs, for a year. */
  public readonly logGroup: logs.LogGroup;

  /** What CloudFormation asks of the function. */
  public readonly customResource: CustomResource;

  /**
   * @throws when the repository is in another region, or a property is out of bounds
   */
  constructor(scope: Construct, id: string, props: ImageGateProps) {
    super(scope, id);
    const { repository, tagOrDigest, minSeverity = Severity.HIGH, allow = [], timeout = Duration.minutes(10) } = props;
    checkRepository(repository);
    checkTagOrDigest('tagOrDigest', tagOrDigest);
    checkOneOf('minSeverity', minSeverity, Object.values(Severity));
    checkList('allow', allow);
    allow.forEach((name) => checkPattern('a name of allow', name, VULNERABILITY, "one such as 'CVE-2024-1234'"));
    checkUnique('allow', allow);
    checkSeconds('timeout', timeout, { min: 10, max: 14 * 60 });
    this.checkRegion(repository);

    const made = new HandlerResource(this, 'Handler', {
      name: 'image-gate',
      description: 'Lets an image into the deployment when its scan found nothing severe',
      resourceType: 'Custom::CdkContainersImageGate',
      properties: {
        RegistryId: repository.env.account,
        RepositoryName: repository.repositoryName,
        Image: tagOrDigest,
        Refuse: minSeverity,
        FixAvailableOnly: props.fixAvailableOnly ?? false,
        DeployWithoutScan: props.deployWithoutScan ?? false,
        Allow: allow,
        TimeoutSeconds: timeout.toSeconds(),
      },
      statements: [
        new iam.PolicyStatement({ actions: READ, resources: [repository.repositoryArn] }),
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
        new iam.PolicyStatement({ actions: ['inspector2:ListFindings'], resources: ['*'] }),
      ],
      timeout: Duration.minutes(15),
    });
    this.handler = made.handler;
    this.role = made.role;
    this.logGroup = made.logGroup;
    this.customResource = made.customResource;
    Validations.of(this.role).acknowledge(...FINDINGS.inspectorFindings);
    this.allowFromOtherAccount(repository);
    this.image = gatedImage(ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest), this.customResource);
  }

  /** A grant of CDK's would name the role, and so need its name before it is made. */
  private allowFromOtherAccount(repository: ecr.IRepository): void {
    const [there, here] = [repository.env.account, Stack.of(this).account];
    if (isToken(there) || isToken(here) || there === here) return;
    const principals = [new iam.AccountPrincipal(here)];
    repository.addToResourcePolicy(new iam.PolicyStatement({ principals, actions: READ }));
  }

  private checkRegion(repository: ecr.IRepository): void {
    const [there, here] = [repository.env.region, Stack.of(this).region];
    if (isToken(there) || isToken(here) || there === here) return;
    throw new ContainersError(
      `the repository of '${this.node.path}' must be in region '${here}' like the gate, got '${there}': gate the image in that region, or replicate it to this one`,
    );
  }
}

const READ = ['ecr:BatchGetImage', 'ecr:DescribeImageScanFindings'];

/** The capitals in front are what most are written wrong with. */
const VULNERABILITY = /^(CVE-\d{4}-\d{4,}|(?!CVE-)[A-Z][A-Z0-9]*(-[A-Za-z0-9.:_]+)+)$/;
