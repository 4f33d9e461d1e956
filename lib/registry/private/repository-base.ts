import { aws_cloudwatch as cloudwatch, aws_ecs as ecs, aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { aws_ecr as ecr, aws_events as events, aws_signer as signer } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { pushRule } from './events';
import { pullStatements } from './pull-access';
import { arnOfProfile } from './signing';
import { ContainersError } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import { checkTagOrDigest } from '../../rules/registry-limits';
import type { IContainerRepository, PullFromOptions } from '../container-repository';
import { ImageFindings } from '../image-findings';
import type { ImageFindingsOptions } from '../image-findings';
import { ImageGate } from '../image-gate';
import type { ImageGateOptions } from '../image-gate';
import type { OnPushOptions } from '../push-options';

/**
 * What can be done with a repository, whoever made it.
 * @internal
 */
export abstract class RepositoryBase extends Construct implements IContainerRepository {
  /** @internal */
  public abstract readonly _repository: ecr.IRepository;
  public abstract readonly signingProfile?: signer.ISigningProfile;

  public image(tagOrDigest: string): ecs.ContainerImage {
    checkTagOrDigest('the tag of an image', tagOrDigest);
    return ecs.ContainerImage.fromEcrRepository(this._repository, tagOrDigest);
  }

  public grantPull(grantee: iam.IGrantable): iam.Grant {
    return this._repository.grantPull(grantee);
  }

  public grantPush(grantee: iam.IGrantable): iam.Grant {
    // The L2 leaves out with what Docker asks for what is there: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
    const grant = this._repository.grantPush(grantee).combine(this._repository.grant(grantee, 'ecr:BatchGetImage'));
    if (!this.signingProfile) return grant;
    return grant.combine(
      iam.Grant.addToPrincipal({
        grantee,
        actions: ['signer:SignPayload'],
        resourceArns: [arnOfProfile(this.signingProfile)],
      }),
    );
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this._repository.grantRead(grantee);
  }

  public allowPullFrom(options: PullFromOptions): void {
    for (const statement of pullStatements(this, options)) {
      if (this._repository.addToResourcePolicy(statement).statementAdded) continue;
      throw new ContainersError(
        `the policy of the repository '${this._repository.node.path}' must be written where it is made, got an imported one: call allowPullFrom there`,
      );
    }
    if (options.organization !== undefined) {
      Validations.of(this._repository).acknowledge(...FINDINGS.organizationPull);
    }
  }

  public onPush(id: string, options: OnPushOptions = {}): events.Rule {
    return pushRule(this, id, this._repository, options);
  }

  public onFindings(options: ImageFindingsOptions = {}): ImageFindings {
    const number = this.node.children.filter((child) => /^Findings\d*$/.test(child.node.id)).length + 1;
    return new ImageFindings(this, number === 1 ? 'Findings' : `Findings${number}`, {
      ...options,
      repository: this._repository,
    });
  }

  public gate(scope: Construct, id: string, options: ImageGateOptions): ImageGate {
    return new ImageGate(scope, id, { ...options, repository: this._repository });
  }

  public metricPulls(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ECR',
      metricName: 'RepositoryPullCount',
      dimensionsMap: { RepositoryName: this._repository.repositoryName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }
}
