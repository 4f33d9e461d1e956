import { aws_elasticloadbalancingv2 as elbv2, Duration, Token } from 'aws-cdk-lib';
import {
  checkConnectionTimes,
  checkDomainName,
  checkGracePeriod,
  checkNameInZone,
  checkTargetBehaviour,
  checkTargetGroupCount,
  coversHost,
  DEFAULT_HEALTH,
} from '../../lib/rules/load-balancers';
import type { TargetBehaviour } from '../../lib/rules/load-balancers';
import { expectFailure } from '../support/errors';

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

describe('cookies of the application', () => {
  const stickinessCookieDuration = Duration.days(1);

  test.each(['SESSION', 'my-cookie', 'awsalb', 'MYAWSALB', "!#$%&'*+.^_`|~", 'a'.repeat(256), STRING])(
    'lets the name %s pass',
    (stickinessCookieName) => {
      expect(() => checkTargetBehaviour({ stickinessCookieName, stickinessCookieDuration })).not.toThrow();
    },
  );

  test.each(['', 'AWSALB', 'AWSALBAPP', 'AWSALBTG-1', 'a b', 'a;b', 'a=b', 'ä', 'a\n', 'a'.repeat(257)])(
    'fails when the name is %j',
    (stickinessCookieName) => {
      expectFailure(
        () => checkTargetBehaviour({ stickinessCookieName, stickinessCookieDuration }),
        `stickinessCookieName must be the name of a cookie that does not begin with 'AWSALB', which is ELB's own, got '${stickinessCookieName}'`,
      );
    },
  );

  test.each(['SESSION', STRING])(
    'fails when the name %s has no duration, without which the L2 leaves it out',
    (name) => {
      expectFailure(
        () => checkTargetBehaviour({ stickinessCookieName: name }),
        'stickinessCookieName needs stickinessCookieDuration, got none: say how long a client stays with its task',
      );
    },
  );
});

describe('slow start', () => {
  const { LEAST_OUTSTANDING_REQUESTS, ROUND_ROBIN, WEIGHTED_RANDOM } = elbv2.TargetGroupLoadBalancingAlgorithmType;

  test.each<[string, Duration | undefined]>([
    ['nothing', undefined],
    ['none', seconds(0)],
    ['the least', seconds(30)],
    ['the most', Duration.minutes(15)],
    ['a token', seconds(NUMBER)],
  ])('lets %s pass', (_what, slowStart) => {
    expect(() => checkTargetBehaviour({ slowStart })).not.toThrow();
    expect(() => checkTargetBehaviour({ slowStart, loadBalancingAlgorithmType: ROUND_ROBIN })).not.toThrow();
  });

  test.each([LEAST_OUTSTANDING_REQUESTS, WEIGHTED_RANDOM])('lets none pass with %s', (loadBalancingAlgorithmType) => {
    for (const slowStart of [undefined, seconds(0), Duration.millis(0)]) {
      expect(() => checkTargetBehaviour({ slowStart, loadBalancingAlgorithmType })).not.toThrow();
    }
  });

  test.each([LEAST_OUTSTANDING_REQUESTS, WEIGHTED_RANDOM])('fails with %s', (loadBalancingAlgorithmType) => {
    for (const slowStart of [seconds(30), seconds(NUMBER)]) {
      expectFailure(
        () => checkTargetBehaviour({ slowStart, loadBalancingAlgorithmType }),
        `slowStart needs loadBalancingAlgorithmType ROUND_ROBIN, got ${loadBalancingAlgorithmType}: leave one of them out`,
      );
    }
  });

  test.each([1, 29, 29.5, 30.5, 901])('fails when it is %p seconds', (given) => {
    expectFailure(
      () => checkTargetBehaviour({ slowStart: Duration.millis(given * 1000) }),
      `slowStart must be between 30 and 900 seconds, got ${given} seconds`,
    );
  });

  test.each([30, 0])('fails when it is %p, no duration', (slowStart) => {
    expectFailure(
      () => checkTargetBehaviour({ slowStart } as unknown as TargetBehaviour),
      `slowStart must be a Duration such as Duration.seconds(30), got ${slowStart}`,
    );
  });
});

describe('checkTargetGroupCount', () => {
  test.each([0, 1, 5])('lets %i pass', (count) => {
    expect(() => checkTargetGroupCount('Shop/Web', count)).not.toThrow();
  });

  test('fails when a service has six', () => {
    expectFailure(
      () => checkTargetGroupCount('Shop/Web', 6),
      "a service must have at most 5 target groups, got 6 for 'Shop/Web': let several hosts or paths share a route, or run the container as two services",
    );
  });
});

describe('checkConnectionTimes', () => {
  test.each<[string, Duration | undefined, Duration | undefined]>([
    ['nothing', undefined, undefined],
    ['the least', seconds(1), seconds(60)],
    ['the most', seconds(4000), Duration.days(7)],
    ['tokens', seconds(NUMBER), seconds(NUMBER)],
  ])('lets %s pass', (_what, idle, keepAlive) => {
    expect(() => checkConnectionTimes(idle, keepAlive)).not.toThrow();
  });

  test.each([0, 4001])('fails when a connection may be idle for %i seconds', (given) => {
    expectFailure(
      () => checkConnectionTimes(seconds(given), undefined),
      `idleTimeout must be between 1 and 4000 seconds, got ${given} seconds`,
    );
  });

  test.each([59, 604801])('fails when a client keeps its connection for %i seconds', (given) => {
    expectFailure(
      () => checkConnectionTimes(undefined, seconds(given)),
      `clientKeepAlive must be between 60 and 604800 seconds, got ${given} seconds`,
    );
  });
});

describe('coversHost', () => {
  test.each<[string[], string, boolean]>([
    [['example.com'], 'example.com', true],
    [['example.com'], 'www.example.com', false],
    [['*.example.com'], 'www.example.com', true],
    [['*.example.com'], 'example.com', false],
    [['*.example.com'], 'a.b.example.com', false],
    [['*.example.com'], '*.example.com', true],
    [['*.example.com'], 'a*.example.com', true],
    [['*.example.com'], '*.b.example.com', false],
    [['*.example.com'], 'www.myexample.com', false],
    [['www.example.com'], '*.example.com', false],
    [['a.com', '*.b.com'], 'www.b.com', true],
    [['a.com', '*.b.com'], 'b.com', false],
    [[], 'a.com', false],
  ])('of %j and %s is %p', (names, host, covered) => {
    expect(coversHost(names, host)).toBe(covered);
  });
});
