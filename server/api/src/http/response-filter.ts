import { InvariantError } from "@afterkeep/platform";
import type { z } from "zod";

/** `strict`: an undeclared field is our mistake and fails (tests). `strip`: it is dropped, so that nothing leaks (production). */
export type FilterMode = "strict" | "strip";

/** What of an answer may leave. Throws InvariantError when it does not fit its schema. */
export function filterAnswer(schema: z.ZodType, answer: unknown, mode: FilterMode): unknown {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  if (mode === "strict") throw doesNotFit(parsed.error);
  const stripped = schema.safeParse(stripUndeclared(answer, parsed.error));
  if (!stripped.success) throw doesNotFit(stripped.error);
  return stripped.data;
}

function doesNotFit(cause: unknown): InvariantError {
  return new InvariantError("answer-outside-contract", "Something went wrong on our side.", { cause });
}

function stripUndeclared(answer: unknown, error: z.ZodError): unknown {
  const copy: unknown = structuredClone(answer);
  for (const issue of error.issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const holder = issue.path.reduce<unknown>(child, copy);
    if (typeof holder === "object" && holder !== null)
      for (const key of issue.keys) Reflect.deleteProperty(holder, key);
  }
  return copy;
}

function child(parent: unknown, key: PropertyKey): unknown {
  return typeof parent === "object" && parent !== null ? Reflect.get(parent, key) : undefined;
}
