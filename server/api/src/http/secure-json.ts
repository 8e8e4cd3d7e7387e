import { malformed } from "./http-error.ts";

/** JSON.parse, refusing keys that could reach a prototype and text that is not well-formed Unicode. */
export function secureJsonParse(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === "__proto__") throw new SyntaxError("poisoned");
      if (typeof value === "string" && !value.isWellFormed()) throw new SyntaxError("lone surrogate");
      return value;
    });
  } catch {
    throw malformed("json-broken", "The request is not valid JSON.");
  }
}
