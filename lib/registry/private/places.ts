export { inOnePlace, topOf } from '../../rules/environments';
