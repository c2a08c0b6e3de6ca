/** A request that is understood and cannot be done: what it names is not there, or stands in the way. */
export class RequestRefused extends Error {
  readonly status: 400 | 403 | 404 | 409 | 429;

  /** @param text what the client is told in place of the status's own words */
  constructor(status: RequestRefused["status"], text: string) {
    super(text);
    this.name = "RequestRefused";
    this.status = status;
  }
}
