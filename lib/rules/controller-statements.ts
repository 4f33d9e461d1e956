/** Where a controller of a cluster acts. All of it may be tokens. */
export interface ControllerPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The name of the cluster. */
  readonly cluster: string;
}

/** Something that a controller may do. */
export interface ControllerStatement {
  readonly sid: string;
  readonly actions: string[];
  readonly resources: string[];
  /** Keys by operator. */
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string | string[] } };
}

/** An ARN there; of the own account unless told otherwise. */
export function arnAt(place: ControllerPlace, service: string, resource: string, account = place.account): string {
  return `arn:${place.partition}:${service}:${place.region}:${account}:${resource}`;
}

/** An ARN of a service that has no regions. */
export function globalArnAt(place: ControllerPlace, service: string, resource: string): string {
  return `arn:${place.partition}:${service}::${place.account}:${resource}`;
}
