import type { aws_events as events } from 'aws-cdk-lib';

/** Options of `onPush`. */
export interface OnPushOptions extends events.OnEventOptions {
  /**
   * Tags that count, exactly as they are pushed. Other kinds of matching are for `eventPattern`, such as
   * `{ detail: { 'image-tag': events.Match.prefix('v') } }`.
   * @default - all, and images without a tag
   */
  readonly imageTags?: string[];
}
