import type { NodeImageParts } from '../node-image';

/**
 * Until Auto Scaling wants the instance in service. Whoever starts kubelet waits for this script on the first boot; an instance
 * that was stopped meanwhile joins when it starts again.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
 */
const AWAIT_SERVICE = `#!/bin/bash
metadata=http://169.254.169.254/latest
state() {
  token=$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") &&
    curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/autoscaling/target-lifecycle-state"
}
until [ "$(state)" = InService ]; do
  sleep 2
done
`;

/** Keeps a node from joining out of a warm pool, where it would be a node that is never ready. */
export function awaitService(userData: string, { os }: NodeImageParts): string {
  return os === 'bottlerocket' ? withSetting(userData) : withScript(userData);
}

/** @see https://bottlerocket.dev/en/os/latest/#/api/settings/autoscaling/ */
function withSetting(toml: string): string {
  const says = /^\[settings\.autoscaling\]$/m.test(toml);
  return says ? toml : `${toml}[settings.autoscaling]\nshould-wait = true\n`;
}

/** A further part of the message that nodeadm reads. */
function withScript(message: string): string {
  const [, boundary] = /^Content-Type: multipart\/mixed; boundary="([^"]+)"$/m.exec(message)!;
  const end = message.lastIndexOf(`--${boundary}--`);
  const part = [`--${boundary}`, 'Content-Type: text/x-shellscript; charset="us-ascii"', '', AWAIT_SERVICE];
  return `${message.slice(0, end)}${part.join('\n')}${message.slice(end)}`;
}
