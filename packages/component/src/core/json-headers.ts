/** Infobip also speaks XML; asking for JSON keeps a proxy or an account default from choosing. */
export const JSON_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  accept: "application/json",
};
export const ACCEPT_JSON: Readonly<Record<string, string>> = { accept: "application/json" };
