import { HOUR_MS, integer, number, section, text } from "./schema-kit.ts";

/** Settings of choosing a route, and of judging carriers. The carriers themselves are entries of the file. */

export const routing = section("What is known about numbers and prices when a route is chosen.", {
  prefixFile: text(
    "CSV or JSON file that says of number prefixes which country, MCC and MNC they belong to. Empty: countries only, by calling code.",
    "",
  ),
  priceFile: text(
    "CSV or JSON file of what carriers charge by country, MCC and MNC, for routes split by cost. Empty: the costs that the routes themselves name.",
    "",
  ),
});

const share = (description: string, fallback: number) =>
  number(description, { unit: "share of the answers", default: fallback, minimum: 0.01, maximum: 1 });

export const health = section(
  "When a carrier is passed over, so that the next one of its routes serves. A carrier without an alternative is used all the same.",
  {
    windowMs: integer("How far back answers count for the shares below.", {
      unit: "ms",
      default: 30_000,
      minimum: 1000,
      maximum: HOUR_MS,
    }),
    answersMin: integer("Answers in that time at least; fewer say nothing about a carrier.", {
      unit: "answers",
      default: 20,
      minimum: 1,
      maximum: 1_000_000,
    }),
    failureRateMax: share("Temporary refusals and lost answers at which a carrier is failing.", 0.5),
    throttledRateMax: share("Refusals for too much traffic at which a carrier is throttled.", 0.5),
    answerMaxMs: integer(
      "Mean time to an answer, or age of an answer that is still missing, at which a carrier is slow.",
      { unit: "ms", default: 10_000, minimum: 1, maximum: HOUR_MS },
    ),
    downAfterMs: integer("How long a carrier may take nothing before it is down.", {
      unit: "ms",
      default: 4000,
      minimum: 0,
      maximum: HOUR_MS,
    }),
    probeAfterMs: integer("Pause before a carrier that was passed over is probed; it doubles each time that fails.", {
      unit: "ms",
      default: 5000,
      minimum: 1,
      maximum: 300_000,
    }),
    probeAfterMaxMs: integer(
      "Longest such pause, at least health.probeAfterMs. A carrier that has been up this long starts anew.",
      {
        unit: "ms",
        default: 300_000,
        minimum: 1,
        maximum: HOUR_MS,
      },
    ),
    probeSize: integer("Messages that a probe hands over, all of which must be answered well.", {
      unit: "messages",
      default: 5,
      minimum: 1,
      maximum: 1000,
    }),
  },
);
