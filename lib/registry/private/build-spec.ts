import { aws_codebuild as codebuild } from 'aws-cdk-lib';

/** The environment variable that has the value of a build argument. */
export function variableOf(buildArg: string): string {
  return `BUILD_ARG_${buildArg}`;
}

/**
 * What runs in a build. It is text of this file: whatever somebody gave is in an environment variable, where no shell
 * looks into it. Variables that are empty are not there.
 *
 * It runs in a shell of its own, which ends with the first command that fails.
 */
export function buildSpec(buildArgs: string[]): codebuild.BuildSpec {
  const given = buildArgs.map((name) => `arguments+=(--build-arg "${name}=\${${variableOf(name)}:-}")`);
  const script = [...PREPARE, ...DECIDE, ...BUILD, ...given, ...PUSH, ...PUBLISH];
  const command = ['script=$(mktemp)', `cat > "$script" <<'EOF'`, ...script, 'EOF', 'bash -euo pipefail "$script"'];
  return codebuild.BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: [command.join('\n')] } } });
}

// Times are compared as text. Attestations would make an index of the image, which Lambda does not run.
const PREPARE = [
  'export LC_ALL=C TZ=UTC BUILDX_NO_DEFAULT_ATTESTATIONS=1',
  'time_at() { printf "%(%Y%m%d-%H%M%S)T" "$1"; }',
  'time_of() { if [[ $1 =~ ([0-9]{8}-[0-9]{6})-[0-9a-f]{7}$ ]]; then echo "${BASH_REMATCH[1]}"; fi; }',
  // AWS says None for a parameter that nobody has written yet.
  'newest() { aws ssm get-parameters --names "$TAG_PARAMETER" --query "Parameters[0].Value" --output text; }',
  'started=$((CODEBUILD_START_TIME / 1000))',
  'time=$(time_at "$started")',
  'version=${CODEBUILD_RESOLVED_SOURCE_VERSION:-}',
  // What is no commit is the version of an archive, which a tag cannot have.
  'if [[ ! $version =~ ^[0-9a-f]{40,64}$ ]]; then version=${CONTENT_HASH:-${CODEBUILD_BUILD_ID##*:}}; fi',
  'version=${version:0:7}',
  'tag=${TAG_PREFIX:-}$time-$version',
];

const DECIDE = [
  'last=$(newest)',
  'echo "Started by: ${CODEBUILD_INITIATOR:-}. Newest image: $last"',
  'if [[ ${TRIGGER:-} == findings && $(time_of "$last") > $(time_at $((started - MIN_INTERVAL))) ]]; then',
  '  echo "Nothing to do: it is younger than $MIN_INTERVAL seconds"',
  '  exit 0',
  'fi',
  'if [[ ${TRIGGER:-} == deployment && $last == *-$version ]]; then',
  '  echo "Nothing to do: it was built of the same"',
  '  exit 0',
  'fi',
];

const BUILD = [
  'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"',
  'arguments=(--pull --file "$DIRECTORY/$DOCKERFILE" --tag "$REPOSITORY_URI:$tag")',
  'if [[ -n ${BUILD_TARGET:-} ]]; then arguments+=(--target "$BUILD_TARGET"); fi',
];

const PUSH = ['docker build "${arguments[@]}" "$DIRECTORY"', 'docker push "$REPOSITORY_URI:$tag"'];

const PUBLISH = [
  'last=$(newest)',
  'if [[ $(time_of "$last") > $time ]]; then',
  '  echo "Not published: $last is newer than $tag"',
  '  exit 0',
  'fi',
  'if [[ -n ${CHANNEL_TAG:-} ]]; then',
  '  docker tag "$REPOSITORY_URI:$tag" "$REPOSITORY_URI:$CHANNEL_TAG"',
  '  docker push "$REPOSITORY_URI:$CHANNEL_TAG"',
  'fi',
  // The cluster and the name of each service, neither of which has spaces or slashes.
  'for service in ${SERVICES:-}; do',
  '  aws ecs update-service --cluster "${service%/*}" --service "${service#*/}" --force-new-deployment \\',
  '    --query service.serviceArn --output text',
  'done',
  // Last: what it says is what later builds take for done.
  'aws ssm put-parameter --name "$TAG_PARAMETER" --type String --overwrite --value "$tag"',
  'echo "Published: $tag"',
];
