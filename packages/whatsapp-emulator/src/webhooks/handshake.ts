import type { Poster } from "./post.ts";

const CHALLENGE_MAX = 2 ** 31;

/** Meta's handshake: the receiver has to answer the challenge, which it does if it knows the token. */
export async function isChallengeAnswered(
  poster: Poster,
  url: string,
  verifyToken: string,
  random: () => number,
): Promise<boolean> {
  const challenge = String(Math.floor(random() * CHALLENGE_MAX));
  const target = new URL(url);
  target.searchParams.set("hub.mode", "subscribe");
  target.searchParams.set("hub.challenge", challenge);
  target.searchParams.set("hub.verify_token", verifyToken);
  const answer = await poster.send("GET", target.href, {}, "", challenge.length + 1);
  return answer?.status === 200 && answer.text === challenge;
}
