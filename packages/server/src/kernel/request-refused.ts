/** What an endpoint says beside the text, where its document gives it words of its own; in the newer envelope only. */
export interface RefusalDetails {
  readonly errorCode?: string;
  readonly action?: string;
  readonly violations?: readonly { readonly property: string; readonly violation: string }[];
}

/** A request that is understood and cannot be done: what it names is not there, or stands in the way. */
export class RequestRefused extends Error {
  readonly status: 400 | 403 | 404 | 409 | 429;
  readonly details: RefusalDetails;

  /** @param text what the client is told in place of the status's own words */
  constructor(status: RequestRefused["status"], text: string, details: RefusalDetails = {}) {
    super(text);
    this.name = "RequestRefused";
    this.status = status;
    this.details = details;
  }
}
