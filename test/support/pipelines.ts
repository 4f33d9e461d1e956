import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aws_ecr as ecr, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { newApp, Template as Templates } from './fixture';
import { ContainerRepository, ImagePipeline, ImageSource } from '../../lib';
import type { ImagePipelineProps } from '../../lib';
import type { IContainerRepository } from '../../lib/registry/container-repository';

export const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/6f2a';

/** The branch main of acme/shop. */
export function git(): ImageSource {
  return ImageSource.codeConnection({ connectionArn: CONNECTION, owner: 'acme', repository: 'shop' });
}

/** A repository whose tags are immutable but for those named. */
export function imagesIn(scope: Construct, id: string, mutableTags: string[] = []): ContainerRepository {
  return new ContainerRepository(scope, id, { mutableTags });
}

/** A repository that was made or imported without this library. */
export function wrapped(repository: ecr.IRepository, id = 'Wrapped'): IContainerRepository {
  return ContainerRepository.fromRepository(repository.stack, `${id}${repository.node.id}`, { repository });
}

/** The ARN of a parameter in a template. */
export function parameterArn(name: string): unknown {
  const place = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', ...place, `:parameter${name}`]] };
}

/** A directory with these files. */
export function directoryWith(...files: string[]): string {
  const directory = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'source-'));
  for (const file of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), 'FROM scratch\n');
  }
  return directory;
}

/** A pipeline of which a test says only what it is about. */
export class PipelineFixture {
  public readonly images: IContainerRepository;
  public readonly pipeline: ImagePipeline;

  constructor(
    props: (stack: Stack) => Partial<ImagePipelineProps> = () => ({}),
    public readonly stack: Stack = new Stack(newApp(), 'Shop'),
  ) {
    new ecr.CfnRegistryScanningConfiguration(stack, 'Scanning', { scanType: 'ENHANCED', rules: [] });
    this.images = imagesIn(stack, 'Images', ['stable']);
    this.pipeline = new ImagePipeline(stack, 'Rebuild', { repository: this.images, source: git(), ...props(stack) });
  }

  public template(): Template {
    return Templates.fromStack(this.stack);
  }
}

/** The project that a start of an id names. */
export function projectIn(template: Template, id = 'RebuildProject'): any {
  const projects = Object.entries(template.findResources('AWS::CodeBuild::Project'));
  const found = projects.filter(([name]) => name.replace(/[0-9A-F]{8}$/, '') === id);
  expect(found).toHaveLength(1);
  return { id: found[0][0], ...found[0][1] };
}

/** Its environment variables, as a template has them. */
export function variablesIn(template: Template, id?: string): Record<string, unknown> {
  const { EnvironmentVariables } = projectIn(template, id).Properties.Environment;
  return Object.fromEntries(
    EnvironmentVariables.map((each: { Name: string; Value: unknown }) => [each.Name, each.Value]),
  );
}
