import { isJcsObject, type JcsObject, type JcsValue } from "@afterkeep/formats";
import { z } from "zod";
import { type StatementBody, statementBodies, type StatementKind } from "./bodies.ts";
import { expectThat, StatementError } from "./errors.ts";

const schemas: { readonly [K in StatementKind]: z.ZodType<StatementBody<K>> } = statementBodies;
const canonical: z.ZodType<JcsValue> = z.custom<JcsValue>((value) => value !== undefined && value !== null);

/** Checks an untrusted body against its kind's schema, strictly: nothing missing, nothing unknown, nothing coerced. */
export function parseBody<K extends StatementKind>(
  kind: K,
  value: unknown,
): { body: StatementBody<K>; payload: JcsObject } {
  const parsed = schemas[kind].safeParse(value);
  if (!parsed.success) throw new StatementError("body", parsed.error.issues[0]?.path.join(".") ?? "");
  const payload = canonical.parse(parsed.data);
  expectThat(isJcsObject(payload), "body");
  return { body: parsed.data, payload };
}
