import type { Authentication } from './authentication';
import type { RouteTargetOptions } from './routing';

/** Which requests go to a service. All that is given must hold. */
export interface RouteOptions extends RouteTargetOptions {
  /**
   * Host names, `*` and `?` allowed; one of them must match.
   * @default - any host
   */
  readonly hosts?: string[];

  /**
   * Paths, `*` and `?` allowed; one of them must match.
   * @default - any path
   */
  readonly paths?: string[];

  /**
   * A path and all below it: `/docs` is `/docs` and `/docs/*`.
   * @default - any path
   */
  readonly pathPrefix?: string;

  /**
   * Headers that a request must have, each with one of its values; `*` and `?` allowed. Names and values are compared
   * without regard to case.
   * @default - any headers
   */
  readonly headers?: { [name: string]: string[] };

  /**
   * HTTP methods, one of which must match.
   * @default - any method
   */
  readonly methods?: string[];

  /**
   * Query parameters that a request must have, each with one of its values; `*` and `?` allowed.
   * @default - any query
   */
  readonly query?: { [key: string]: string[] };

  /**
   * Addresses in CIDR notation, one of which the request must come from. Behind a proxy that is the proxy.
   * @default - any address
   */
  readonly sourceIps?: string[];

  /**
   * Place among the rules of the listener, from 1 to 50000; the lowest that matches wins. A route with more condition values
   * than a rule holds takes the following places too.
   * @default - made of the conditions, the more specific the lower; on a listener of others it must be given
   */
  readonly priority?: number;

  /**
   * Who may use the route: the load balancer lets users sign in, or checks tokens, before it forwards. Needs HTTPS.
   * @default - everyone
   */
  readonly authentication?: Authentication;
}
