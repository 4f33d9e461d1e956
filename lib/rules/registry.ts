import { checkPattern } from './errors';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html (November 2026) */
const NAME = '[a-z0-9]+([._-][a-z0-9]+)*';

/** Fails unless it can be the name of a repository; tokens pass. */
export function checkRepositoryName(name: string, value: string | undefined): void {
  checkPattern(
    name,
    value,
    new RegExp(`^(?=.{2,256}$)${NAME}(/${NAME})*$`),
    "2 to 256 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/web'",
  );
}

/** Fails unless names of repositories can start with it; tokens pass. */
export function checkRepositoryPrefix(name: string, value: string | undefined): void {
  checkPattern(
    name,
    value,
    new RegExp(`^(?=.{2,256}$)${NAME}(/${NAME})*/?$`),
    "the start of repository names, 2 to 256 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/'",
  );
}

/** Fails unless it is the id of an account; tokens pass. */
export function checkAccount(name: string, value: string | undefined): void {
  checkPattern(name, value, /^\d{12}$/, "an account id of 12 digits such as '111122223333'");
}

/** Fails unless it is spelled as the id of a region; tokens pass. */
export function checkRegion(name: string, value: string | undefined): void {
  checkPattern(name, value, /^[a-z]{2,}(-[a-z]+)+-\d+$/, "a region such as 'eu-west-1'");
}

/** Fails unless it is spelled as the id of an organization; tokens pass. */
export function checkOrganization(name: string, value: string | undefined): void {
  checkPattern(name, value, /^o-[a-z0-9]+$/, "the id of an organization such as 'o-a1b2c3d4e5'");
}
