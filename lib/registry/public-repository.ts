import { aws_ecr as ecr, aws_ecs as ecs, aws_iam as iam, RemovalPolicy, Resource, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkPrincipals } from './private/statements';
import type { PublicCatalogOptions } from './public-repository-options';
import { acknowledgeWildcards } from '../identity/private/wildcards';
import { checkUnique, ContainersError, isToken } from '../rules/errors';
import { WILDCARDS } from '../rules/findings';
import { checkAlias, checkLength, checkPublicName, checkTagOrDigest, REGISTRY_LIMITS } from '../rules/registry-limits';

/** Properties of a `PublicRepository`. */
export interface PublicRepositoryProps {
  /**
   * Its name, which everybody sees, such as `shop/web`. Stacks of other regions and accounts can refer to it only if it has
   * one. It cannot be changed later without a new repository.
   * @default - CloudFormation makes one
   */
  readonly repositoryName?: string;

  /**
   * What the gallery shows of it.
   * @default - nothing but the name
   */
  readonly catalog?: PublicCatalogOptions;

  /**
   * The alias of the account's public registry, such as `a1b2c3d4`: what stands behind `public.ecr.aws/`. CloudFormation
   * does not know it; the console does, and `aws ecr-public describe-registries --region us-east-1`.
   * @default - none: `uri` and `image` cannot be used
   */
  readonly registryAlias?: string;

  /**
   * What happens to the repository when it leaves the stack. CloudFormation does not empty it.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const REGION = 'us-east-1';

const PUSH = [
  'ecr-public:BatchCheckLayerAvailability',
  'ecr-public:CompleteLayerUpload',
  'ecr-public:InitiateLayerUpload',
  'ecr-public:PutImage',
  'ecr-public:UploadLayerPart',
];

/**
 * A repository of the Amazon ECR Public Gallery: everybody in the world may pull, nobody may push who was not granted it.
 *
 * It stands in a stack in us-east-1, wherever it is pulled from. Public repositories have no lifecycle policy, no scanning,
 * no immutable tags and no encryption of yours: keep images that need these in a `ContainerRepository`.
 *
 * Creates: `repository`. Costs: 50 GB are free, then 0.10 USD a GB and month; pulls from the internet over a free amount.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/public/what-is-ecr.html
 */
export class PublicRepository extends Resource implements iam.IResourceWithPolicy {
  /** The repository. */
  public readonly repository: ecr.CfnPublicRepository;

  /** Its ARN. */
  public readonly repositoryArn: string;

  /** Its name. */
  public readonly repositoryName: string;

  private readonly registryAlias?: string;
  private readonly policyDocument = new iam.PolicyDocument();

  /**
   * @throws when the stack is known to be in another region than us-east-1, a name, alias or text is not one, or an entry is
   * given twice
   */
  constructor(scope: Construct, id: string, props: PublicRepositoryProps = {}) {
    super(scope, id, { physicalName: props.repositoryName });
    const { catalog, registryAlias, removalPolicy = RemovalPolicy.RETAIN } = props;
    checkPublicName('repositoryName', props.repositoryName);
    checkAlias('registryAlias', registryAlias);
    this.checkRegion();
    this.registryAlias = registryAlias;

    this.repository = new ecr.CfnPublicRepository(this, 'Repository', {
      repositoryName: this.physicalName,
      repositoryCatalogData: catalog && catalogData(catalog),
    });
    this.repository.applyRemovalPolicy(removalPolicy);
    this.node.defaultChild = this.repository;
    this.repositoryName = this.getResourceNameAttribute(this.repository.ref);
    this.repositoryArn = this.getResourceArnAttribute(this.repository.attrArn, {
      service: 'ecr-public',
      region: '',
      resource: 'repository',
      resourceName: this.physicalName,
    });
    // The policy is of this repository, and names no resources.
    const { policyDocument } = this;
    this.node.addValidation({
      validate: () => policyDocument.validateForResourcePolicy({ skipResourceValidation: true }),
    });
  }

  /**
   * Where it is, such as `public.ecr.aws/a1b2c3d4/shop/web`.
   * @throws without `registryAlias`
   */
  public get uri(): string {
    if (this.registryAlias === undefined) {
      throw new ContainersError(
        `registryAlias must be given for the uri of '${this.node.path}', got none: CloudFormation does not tell it, pass what stands behind public.ecr.aws/`,
      );
    }
    return `public.ecr.aws/${this.registryAlias}/${this.repositoryName}`;
  }

  /**
   * An image of this repository for a container: everybody may pull it.
   * @param tagOrDigest a tag such as `1.4.2`, or a digest such as `sha256:…`
   * @throws without `registryAlias`
   */
  public image(tagOrDigest: string): ecs.ContainerImage {
    checkTagOrDigest('the tag of an image', tagOrDigest);
    const separator = tagOrDigest.startsWith('sha256:') ? '@' : ':';
    return ecs.ContainerImage.fromRegistry(`${this.uri}${separator}${tagOrDigest}`);
  }

  /**
   * Lets someone push images, a build for example. Somebody of another account gets it from the policy of the repository, and
   * needs the same rights, and those to `ecr-public:GetAuthorizationToken` and `sts:GetServiceBearerToken`, over there.
   */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    const grant = iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: PUSH,
      resourceArns: [this.repositoryArn],
      resourceSelfArns: [],
      resource: this,
    });
    const logIn = new iam.PolicyStatement({
      actions: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
      resources: ['*'],
    });
    grantee.grantPrincipal.addToPrincipalPolicy(logIn);
    acknowledgeWildcards(grantee.grantPrincipal as iam.IRole, [logIn], WILDCARDS.publicLogIn);
    return grant;
  }

  /**
   * Adds a statement to the policy of the repository: who may push, for example. It cannot keep anybody from pulling.
   * @throws when it has no principals, names resources, or allows everybody something without a condition
   */
  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    checkPrincipals('the policy of a public repository', statement);
    if (statement.resources.length > 0) {
      throw new ContainersError(
        `a statement of the policy of a public repository must have no resources, got ${statement.resources.join(', ')}: it is about the repository that has it`,
      );
    }
    this.policyDocument.addStatements(statement);
    this.repository.repositoryPolicyText = this.policyDocument;
    return { statementAdded: true, policyDependable: this.repository };
  }

  private checkRegion(): void {
    const { region, node } = this.stack;
    if (isToken(region)) {
      Validations.of(this).addWarning(
        'cdk-containers:PublicRepositoryRegion',
        `a public repository must be in ${REGION}, and the region of the stack '${node.path}' is not known: give it env: { region: '${REGION}' }, or acknowledge this if it is deployed there.`,
      );
    } else if (region !== REGION) {
      throw new ContainersError(
        `a public repository must be in ${REGION}, got the stack '${node.path}' in ${region}: make it in a stack with env: { region: '${REGION}' }`,
      );
    }
  }
}

/** Typed as JSON, which CDK passes on as it is: the names are those of CloudFormation. */
function catalogData(catalog: PublicCatalogOptions): unknown {
  const { description, aboutText, usageText, architectures, operatingSystems } = catalog;
  checkLength('description', description, REGISTRY_LIMITS.publicDescription);
  checkLength('aboutText', aboutText, REGISTRY_LIMITS.publicText);
  checkLength('usageText', usageText, REGISTRY_LIMITS.publicText);
  checkUnique('architectures', architectures ?? []);
  checkUnique('operatingSystems', operatingSystems ?? []);
  return {
    RepositoryDescription: description,
    AboutText: aboutText,
    UsageText: usageText,
    Architectures: architectures,
    OperatingSystems: operatingSystems,
  };
}
