import { checkFollowed } from '../../lib/rules/target-options';
import { expectFailure } from '../support/errors';

const service = { node: { path: 'Web' } };
const ALL = [
  'healthCheck',
  'deregistrationDelay',
  'stickinessCookieDuration',
  'stickinessCookieName',
  'slowStart',
  'loadBalancingAlgorithmType',
  'crossZoneEnabled',
  'protocolVersion',
] as const;

describe.each<[Parameters<typeof checkFollowed>[0], string[]]>([
  ['Routing.network', ['healthCheck', 'deregistrationDelay', 'crossZoneEnabled']],
  ['Routing.lattice', ['healthCheck', 'protocolVersion']],
  ['Routing.httpApi', ['protocolVersion']],
  ['EcsGateway.route', ['healthCheck']],
])('%s', (routing, follows) => {
  test.each(ALL.filter((option) => follows.includes(option)))('follows %s', (option) => {
    expect(() => checkFollowed(routing, { service, [option]: false })).not.toThrow();
  });

  const others = ALL.filter((option) => !follows.includes(option));
  test.each(others)('fails when the service has %s', (option) => {
    const start = `${option} must be left out with ${routing}, got one for 'Web': `;
    expectFailure(() => checkFollowed(routing, { service, [option]: false }), new RegExp(`^${start}.* for it$`));
  });

  test.each(others)('leaves %s to others beside it', (option) => {
    expect(() => checkFollowed(routing, { service, [option]: false, _besideOthers: true })).not.toThrow();
  });

  test('takes a service that says nothing', () => {
    expect(() => checkFollowed(routing, { service, slowStart: undefined })).not.toThrow();
  });
});
