import { type ReplacementTable, replacementTable } from "./table.ts";

/** Stands for what has no counterpart at all. */
export const REPLACEMENT = "?";

/** Signs, and letters that Unicode does not decompose. Spaces and accented letters are left to decomposition. */
export const SIGNS: ReplacementTable = new Map([
  ...replacementTable([
    "‘’‚‛′‹›`´ʼ '",
    '“”„‟″«» "',
    "‐‑‒–—―−⁃ -",
    "⁄∕ /",
    "•·∙ *",
    "× x",
    "÷ :",
    "° o",
    "µ u",
    "© (c)",
    "® (r)",
    "¢ c",
    "₺ TL",
    "₽ RUB",
    "₴ UAH",
    "₹ Rs",
    "ı i",
    "ł l",
    "Ł L",
    "đð d",
    "ĐÐ D",
    "þ th",
    "Þ TH",
    "œ oe",
    "Œ OE",
    "ħ h",
    "Ħ H",
    "ĸ k",
    "ŋ n",
    "Ŋ N",
    "ŧ t",
    "Ŧ T",
    "ẞ ß",
  ]),
  ["\t", " "],
  ["\u1680", " "],
  ["\u0085", "\n"],
  ["\u2028", "\n"],
  ["\u2029", "\n"],
]);
