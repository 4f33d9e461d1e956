/** Which pods run on Fargate: those of a namespace, or some of them. */
export interface FargateSelector {
  /** The namespace; `*` stands for any characters and `?` for one, such as `prod-*`. */
  readonly namespace: string;

  /**
   * Labels that the pods must all have; `*` and `?` as in the namespace, in keys too.
   * @default - all pods of the namespace
   */
  readonly labels?: { readonly [key: string]: string };
}
