import { Duration, Token } from 'aws-cdk-lib';
import {
  checkConditionValues,
  checkDomainName,
  checkGracePeriod,
  checkHost,
  checkNameInZone,
  checkPath,
  checkPathPrefix,
  checkRulePriority,
  checkTargetBehaviour,
  DEFAULT_HEALTH,
} from '../../lib/rules/load-balancers';
import type { TargetBehaviour } from '../../lib/rules/load-balancers';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const STRING = Token.asString({ Ref: 'String' });
const seconds = (value: number) => Duration.seconds(value);

describe('checkTargetBehaviour', () => {
  test.each<[string, TargetBehaviour]>([
    ['nothing', {}],
    ['the defaults of ELB', { healthCheck: {} }],
    ['the least', { healthCheck: { interval: seconds(6), timeout: seconds(2), healthyThresholdCount: 2 } }],
    ['the most', { healthCheck: { interval: seconds(300), timeout: seconds(120), unhealthyThresholdCount: 10 } }],
    [
      'an interval below the default one with a shorter timeout',
      { healthCheck: { interval: seconds(5), timeout: seconds(4) } },
    ],
    ['tokens', { healthCheck: { interval: seconds(NUMBER), timeout: seconds(NUMBER), path: STRING, port: STRING } }],
    ['more tokens', { healthCheck: { healthyThresholdCount: NUMBER, healthyHttpCodes: STRING } }],
    ['an interval that is a token', { healthCheck: { interval: seconds(NUMBER), timeout: seconds(100) } }],
    ['the port of the traffic', { healthCheck: { port: 'traffic-port' } }],
    ['a port', { healthCheck: { port: '65535' } }],
    ['the longest waits', { deregistrationDelay: seconds(3600), stickinessCookieDuration: Duration.days(7) }],
    ['the shortest waits', { deregistrationDelay: seconds(0), stickinessCookieDuration: seconds(1) }],
  ])('lets %s pass', (_what, behaviour) => {
    expect(() => checkTargetBehaviour(behaviour)).not.toThrow();
  });

  test.each(['/', '/health', '/a?b=c&d=%20', `/${'a'.repeat(1023)}`])('lets the path %s pass', (path) => {
    expect(() => checkTargetBehaviour({ healthCheck: { path } })).not.toThrow();
  });

  test.each(['', 'health', '/a b', '/ä', `/${'a'.repeat(1024)}`, '/a\n'])('fails when the path is %j', (path) => {
    expect(() => checkTargetBehaviour({ healthCheck: { path } })).toThrow(
      new Error(`healthCheck.path must be a path that starts with '/' and has no spaces, got '${path}'`),
    );
  });

  test.each(['200', '200,204', '200-299', '200-299,404', '499'])('lets the codes %s pass', (healthyHttpCodes) => {
    expect(() => checkTargetBehaviour({ healthCheck: { healthyHttpCodes } })).not.toThrow();
  });

  test.each(['', '199', '500', '200-', '200, 204', '2xx', '200-500'])('fails when the codes are %j', (codes) => {
    expect(() => checkTargetBehaviour({ healthCheck: { healthyHttpCodes: codes } })).toThrow(
      new Error(
        `healthCheck.healthyHttpCodes must be HTTP codes from 200 to 499 such as '200', '200,204' or '200-299', got '${codes}'`,
      ),
    );
  });

  test('has defaults that pass', () => {
    const { intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, codes } = DEFAULT_HEALTH;
    const healthCheck = {
      interval: seconds(intervalSeconds),
      timeout: seconds(timeoutSeconds),
      healthyThresholdCount: healthyThreshold,
      unhealthyThresholdCount: unhealthyThreshold,
      healthyHttpCodes: codes,
    };
    expect(() => checkTargetBehaviour({ healthCheck })).not.toThrow();
  });

  test.each<[TargetBehaviour, string]>([
    [
      { healthCheck: { interval: seconds(4) } },
      'healthCheck.interval must be between 5 and 300 seconds, got 4 seconds',
    ],
    [
      { healthCheck: { interval: seconds(301) } },
      'healthCheck.interval must be between 5 and 300 seconds, got 301 seconds',
    ],
    [{ healthCheck: { timeout: seconds(1) } }, 'healthCheck.timeout must be between 2 and 120 seconds, got 1 seconds'],
    [
      { healthCheck: { timeout: seconds(121) } },
      'healthCheck.timeout must be between 2 and 120 seconds, got 121 seconds',
    ],
    [
      { healthCheck: { timeout: seconds(10) } },
      'healthCheck.timeout must be shorter than healthCheck.interval, got 10 and 10 seconds',
    ],
    [
      { healthCheck: { interval: seconds(5) } },
      'healthCheck.timeout must be shorter than healthCheck.interval, got 5 and 5 seconds',
    ],
    [
      { healthCheck: { healthyThresholdCount: 1 } },
      'healthCheck.healthyThresholdCount must be between 2 and 10, got 1',
    ],
    [
      { healthCheck: { unhealthyThresholdCount: 11 } },
      'healthCheck.unhealthyThresholdCount must be between 2 and 10, got 11',
    ],
    [{ healthCheck: { port: '0' } }, 'healthCheck.port must be between 1 and 65535, got 0'],
    [{ healthCheck: { port: 'http' } }, "healthCheck.port must be a number or 'traffic-port', got 'http'"],
    [{ healthCheck: { port: '8e3' } }, "healthCheck.port must be a number or 'traffic-port', got '8e3'"],
    [
      { healthCheck: { enabled: false } },
      'healthCheck.enabled must be true for tasks, got false: ELB checks all targets that are addresses',
    ],
    [
      { deregistrationDelay: seconds(3601) },
      'deregistrationDelay must be between 0 and 3600 seconds, got 3601 seconds',
    ],
    [
      { stickinessCookieDuration: seconds(0) },
      'stickinessCookieDuration must be between 1 and 604800 seconds, got 0 seconds',
    ],
    [
      { stickinessCookieDuration: seconds(604801) },
      'stickinessCookieDuration must be between 1 and 604800 seconds, got 604801 seconds',
    ],
  ])('fails when it is %j', (behaviour, message) => {
    expect(() => checkTargetBehaviour(behaviour)).toThrow(new Error(message));
  });
});

describe('checkGracePeriod', () => {
  test.each([
    [undefined, false],
    [undefined, true],
    [seconds(0), true],
    [seconds(3600), true],
    [seconds(NUMBER), true],
  ])('lets %j pass (load balancer: %p)', (period, hasTargetGroup) => {
    expect(() => checkGracePeriod(period, hasTargetGroup)).not.toThrow();
  });

  test('fails when it is no whole number of seconds', () => {
    expect(() => checkGracePeriod(Duration.millis(1500), true)).toThrow(
      new Error('healthCheckGracePeriod must be between 0 and 2147483647 seconds, got 1.5 seconds'),
    );
  });

  test('fails when there is no load balancer, because ECS refuses it', () => {
    expect(() => checkGracePeriod(seconds(60), false)).toThrow(
      new Error('healthCheckGracePeriod needs a load balancer, got a routing without one: leave it out'),
    );
  });
});

describe('checkRulePriority', () => {
  test.each([1, 50000, NUMBER])('lets %p pass', (priority) => {
    expect(() => checkRulePriority(priority)).not.toThrow();
  });

  test.each([0, 50001, -1])('fails when the priority is %p', (priority) => {
    expect(() => checkRulePriority(priority)).toThrow(
      new Error(`priority must be between 1 and 50000, got ${priority}`),
    );
  });
});

describe('checkConditionValues', () => {
  test.each([1, 5])('lets %i values pass', (count) => {
    expect(() => checkConditionValues(Array(count).fill('a'))).not.toThrow();
  });

  test('fails when there are none, which would match nothing', () => {
    expect(() => checkConditionValues([])).toThrow(
      new Error("a route must have hosts, paths or pathPrefix, got none: use { paths: ['/*'] } for all requests"),
    );
  });

  test('fails when there are six', () => {
    expect(() => checkConditionValues(Array(6).fill('a'))).toThrow(
      new Error(
        'a route must have at most 5 hosts and paths together, got 6: split it into several services or use wildcards',
      ),
    );
  });
});

describe('checkHost', () => {
  test.each(['example.com', 'a-b.example.com', '*.example.com', 'a?.example.com', '1.2', STRING])(
    'lets %s pass',
    (host) => {
      expect(() => checkHost('the host', host)).not.toThrow();
    },
  );

  test.each([
    '',
    'localhost',
    'A.com',
    'a..com',
    '.com',
    'a.com.',
    '-a.com',
    'a-.com',
    'a.com/x',
    'a.com:80',
    `${'a'.repeat(125)}.com`,
  ])('fails when the host is %j', (host) => {
    expect(() => checkHost('the host', host)).toThrow(
      new Error(`the host must be a lower-case domain name such as 'app.example.com', got '${host}'`),
    );
  });
});

describe('checkDomainName', () => {
  test.each(['example.com', '*.example.com', 'a.b-c.example.com', `${'a'.repeat(63)}.com`, STRING])(
    'lets %s pass',
    (name) => {
      expect(() => checkDomainName(name)).not.toThrow();
    },
  );

  test.each([
    '',
    'localhost',
    'A.com',
    'a.*.com',
    'a?.example.com',
    'a..com',
    'a.com.',
    '-a.com',
    `${'a'.repeat(64)}.com`,
  ])('fails when the name is %j', (name) => {
    expect(() => checkDomainName(name)).toThrow(
      new Error(`the domain name must be lower case such as 'app.example.com' or '*.example.com', got '${name}'`),
    );
  });
});

describe('checkNameInZone', () => {
  test.each([
    ['example.com', 'example.com'],
    ['a.b.example.com', 'example.com'],
    [STRING, 'example.com'],
    ['a.example.com', STRING],
    ['a.example.com', 'example.com.'],
    ['example.com', 'example.com.'],
  ])('lets %s in %s pass', (name, zone) => {
    expect(() => checkNameInZone(name, zone)).not.toThrow();
  });

  test.each(['example.org', 'myexample.com', 'com'])('fails when %s is not in the zone', (name) => {
    expect(() => checkNameInZone(name, 'example.com')).toThrow(
      new Error(
        `the domain name must be 'example.com' or end with '.example.com', the name of its zone, got '${name}'`,
      ),
    );
  });
});

describe('paths of routes', () => {
  test.each(['/', '/*', '/a/b?c', '/a~b@c:d&e', `/${'a'.repeat(127)}`, STRING])('%s is one', (path) => {
    expect(() => checkPath(path)).not.toThrow();
  });

  test.each(['', 'a', '/a b', '/ä', '/a#b', `/${'a'.repeat(128)}`])('fails when the path is %j', (path) => {
    expect(() => checkPath(path)).toThrow(
      new Error(
        `a path of a route must be at most 128 characters that start with '/', such as '/api/*', got '${path}'`,
      ),
    );
  });

  test.each(['/docs', '/a/b', STRING])('%s is a prefix', (prefix) => {
    expect(() => checkPathPrefix(prefix)).not.toThrow();
  });

  test.each(['', '/', 'docs', '/docs/', '/a//b', '/docs/*', '/a?'])('fails when the prefix is %j', (prefix) => {
    expect(() => checkPathPrefix(prefix)).toThrow(
      new Error(
        `pathPrefix must be a path without wildcards and without a slash at its end, such as '/docs', got '${prefix}'`,
      ),
    );
  });
});
