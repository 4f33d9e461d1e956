import { Fixture } from './fixture';
import type { WebServiceProps } from '../../lib';

/** What is wrong, how it is said, and what the error says. */
export type WrongInput = [
  what: string,
  props: (fixture: Fixture) => Partial<WebServiceProps>,
  message: string | RegExp,
];

/** Fails at construction, with an error of this library and exactly this message. */
export function expectFailure(run: () => unknown, message: string | RegExp): void {
  const expected = typeof message === 'string' ? message : expect.stringMatching(message);
  expect(run).toThrow(expect.objectContaining({ name: 'ContainersError', message: expected }));
}

/** Fails when somebody makes a web service with these props. */
export function expectWrong(props: WrongInput[1], message: string | RegExp): void {
  const fixture = new Fixture();
  expectFailure(() => fixture.web(props(fixture)), message);
}
