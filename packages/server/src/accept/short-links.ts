import type { UrlOptions } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { newShortCode } from "../kernel/short-code.ts";
import { findUrls, replaceUrls } from "../message/urls.ts";
import type { ShortLink, ShortLinkTarget } from "../store/store.ts";

/** Of one request, over all its destinations: they are written in the commit of its messages. */
export const SHORT_LINKS_PER_REQUEST_MAX = 20_000;

/** Where the server answers for short links; the code follows it. */
const PATH = "/l/";

export interface ShortenerOptions {
  /** For example https://go.example, with or without a slash at the end. */
  readonly baseUrl: string;
  /** Hosts that lead to this server too, and that a request may name. */
  readonly customDomains: readonly string[];
}

export interface Shortened {
  readonly text: string;
  readonly links: readonly ShortLink[];
}

/** A text with URLs in it that are to be shortened. */
export interface ShorteningPlan {
  /** Links that each destination gets. */
  readonly linkCount: number;
  /** For one destination: every call makes new links, so that a click tells whose it was. */
  shorten(): Shortened;
}

/** Puts short links in the place of URLs. */
export class Shortener {
  readonly #baseUrl: string;
  readonly #protocol: string;
  readonly #customDomains: ReadonlySet<string>;

  constructor({ baseUrl, customDomains }: ShortenerOptions) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#protocol = /^https?:\/\//i.exec(baseUrl)?.[0] ?? "https://";
    this.#customDomains = new Set(customDomains.map(hostOf));
  }

  /** Null where there is nothing to shorten: no URL, or the request wants them as they are. */
  plan(text: string, options: UrlOptions): ShorteningPlan | null {
    if (options.shortenUrl === false) return null;
    const urls = findUrls(text);
    if (urls.length === 0) return null;
    const prefix = this.#prefixOf(options);
    // What a link leads to is the same for all destinations, and crosses to the store once.
    const targets = new Map<string, ShortLinkTarget>();
    for (const { url } of urls) {
      targets.set(url, {
        url,
        trackingUrl: options.trackingUrl || null,
        tracksClicks: options.trackClicks !== false,
      });
    }
    const shorten = () => {
      const codes = new Map<string, string>();
      const links: ShortLink[] = [];
      for (const [url, target] of targets) {
        const code = newShortCode();
        codes.set(url, prefix + code);
        links.push({ code, target });
      }
      return { text: replaceUrls(text, urls, (url) => codes.get(url) ?? url), links };
    };
    return { linkCount: targets.size, shorten };
  }

  /** A domain that does not lead here would make dead links: then the usual address is taken. */
  #prefixOf({ customDomain, removeProtocol }: UrlOptions): string {
    const host = customDomain === undefined ? "" : hostOf(customDomain);
    const base = this.#customDomains.has(host) ? this.#protocol + host : this.#baseUrl;
    return (removeProtocol === true ? base.slice(this.#protocol.length) : base) + PATH;
  }
}

/** @throws InvalidRequest when a request makes more links than one commit should hold */
export function refuseTooManyLinks(linkCount: number) {
  if (linkCount <= SHORT_LINKS_PER_REQUEST_MAX) return;
  throw new InvalidRequest("messages", `a request may make at most ${SHORT_LINKS_PER_REQUEST_MAX} short links`);
}

/** People write `https://go.example/` where `go.example` is meant. */
function hostOf(domain: string): string {
  return domain
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/\/.*$/, "")
    .toLowerCase();
}
