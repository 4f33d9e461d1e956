/** Who looks for vulnerabilities in images. */
export enum ScanType {
  /** ECR: packages of the operating system, once after the push or when asked, free. */
  BASIC = 'BASIC',

  /** Amazon Inspector: packages of languages too, and again when new vulnerabilities become known; billed by Inspector. */
  ENHANCED = 'ENHANCED',
}
