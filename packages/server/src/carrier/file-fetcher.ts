/** Fetches a file that a request names, for carriers that want the file itself. */
export interface FileLimits {
  readonly bytesMax: number;
  /** As of a URL. What is there is fetched by plain HTTP and from a private network, too: the configuration names it. */
  readonly trustedOrigin?: string;
}

/** `problem`: why there is none, in words for whoever named it. */
export type FetchedFile = { readonly bytes: Buffer } | { readonly problem: string };

/** Never rejects: whatever goes wrong is a problem. */
export type FetchFile = (url: string, limits: FileLimits) => Promise<FetchedFile>;
