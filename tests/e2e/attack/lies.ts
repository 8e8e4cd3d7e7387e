import { encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { generateSigningKey, sign, thumb } from "@afterkeep/crypto";
import { generateIdentity, type JcsObject, type JcsValue, recipientOf, signStatement } from "@afterkeep/formats";
import { SdkError } from "@afterkeep/sdk";
import { openStatement, type StatementKind, statementKindOf } from "@afterkeep/statements";
import { lying, type Plan, type Tamper } from "./a-hostile-api.ts";

/** The key that the hostile api has of its own. */
export const liar = generateSigningKey();
export const liarsAgeKey = await recipientOf(await generateIdentity("hybrid"));

/** How the hostile api signs what it made up: not at all, as itself, or as itself under the keyholder's name. */
export const forgeries = {
  "under the old signature": (jws: string, body: JcsObject) => joined(jws, body, jws.split(".")[2] ?? ""),
  "signed by the api": (jws: string, body: JcsObject) => signStatement(statementKindOf(jws), body, liar),
  "signed by the api in the keyholder's name": (jws: string, body: JcsObject) => {
    const unsigned = joined(jws, body, "").slice(0, -1);
    return `${unsigned}.${encodeBase64url(sign(encodeUtf8(unsigned), liar))}`;
  },
};
export type Forgery = keyof typeof forgeries;

function joined(jws: string, body: JcsObject, signature: string): string {
  return [jws.split(".")[0], Buffer.from(JSON.stringify(body)).toString("base64url"), signature].join(".");
}

/** The body of a statement, unverified, its fields in canonical order. */
export function contentOf(jws: string): JcsObject {
  return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")) as JcsObject;
}

export function isSignedBy(jws: string, kind: StatementKind, publicKey: Uint8Array): boolean {
  try {
    return openStatement(kind, jws, publicKey).kid === thumb(publicKey);
  } catch {
    return false;
  }
}

/** Every body that differs from this one in a single place, by where: each text and number, and each list that is emptied or filled. */
export function everyChange(body: JcsObject): [string, JcsObject][] {
  return placesIn(body, []).map((path) => [path.join("."), changedAt(body, path) as JcsObject]);
}

type Path = readonly (string | number)[];

function placesIn(value: JcsValue, path: Path): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one: JcsValue, i) => placesIn(one, [...path, i]))];
  if (typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, one]) =>
    one === undefined ? [] : placesIn(one as JcsValue, [...path, key]),
  );
}

function changedAt(value: JcsValue, [step, ...rest]: Path): JcsValue {
  if (step === undefined) return other(value);
  if (Array.isArray(value)) return value.map((one: JcsValue, i) => (i === step ? changedAt(one, rest) : one));
  const record = value as JcsObject;
  return { ...record, [step]: changedAt(record[step] ?? "", rest) };
}

const opposites: Readonly<Record<string, string>> = { demo: "real", self: "public", armed: "disarmed" };

function other(value: JcsValue): JcsValue {
  if (typeof value === "number") return value + 1;
  if (Array.isArray(value)) return value.length > 0 ? [] : ["more"];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return opposites[text] ?? `${text.startsWith("B") ? "C" : "B"}${text.slice(1)}`;
}

export type Told = { readonly kind: string; readonly code: string; readonly message: string };

/** How a client refused; "believed" where it did not. */
export async function toldBy(work: Promise<unknown>): Promise<Told> {
  try {
    await work;
    return { kind: "believed", code: "", message: "" };
  } catch (error) {
    if (!(error instanceof SdkError)) throw error;
    return { kind: error.constructor.name, code: error.code, message: error.message };
  }
}

/** A lie about one field of a JSON answer. */
export function saying(field: string, value: unknown): Tamper {
  return lying<Record<string, unknown>>((answer) => ({ ...answer, [field]: value }));
}

/** Plays a day back: a challenge that was given then, the chain as it was, and the time of that day. */
export function playingBack(challenge: string, chain: readonly string[]): Plan {
  const { expires, head } = contentOf(challenge) as { expires: number; head: { seq: number } };
  const statements = chain.slice(0, head.seq + 1);
  if (statements.length === chain.length) throw new Error("nothing was signed since that day");
  return {
    lies: {
      listStatements: lying(() => ({ statements, more: false, revocations: [] })),
      challenge: saying("challenge", challenge),
      getServer: saying("now", expires - 60_000),
    },
  };
}

/** Lies from the n-th answer on (the first is 1), and tells the truth before. */
export function fromThe(nth: number, tamper: Tamper): Tamper {
  let count = 0;
  return (exchange) => (++count >= nth ? tamper(exchange) : null);
}
