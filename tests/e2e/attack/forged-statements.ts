import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { dayMs, defaultTimes } from "@afterkeep/sdk";
import { type StatementBody, statementKindOf } from "@afterkeep/statements";
import type { Siege } from "./a-siege.ts";
import { bodyOf, freshId, randomHash, signedBy, withBody } from "./an-attackers-account.ts";

export const attacker = generateSigningKey();
const attackersKey = encodeBase64url(attacker.publicKey);

const { times, ...limits } = defaultTimes(dayMs);
const inAHurry = { ...limits, times: { ...times, reminders: [...times.reminders] } };

type ControlKind = "key" | "pin" | "policy" | "manifest";

/** The newest statement of a kind in a chain. */
export function newestOf(chain: readonly string[], kind: ControlKind): string {
  return chain.findLast((jws) => statementKindOf(jws) === kind) ?? "";
}

/** What the same statement would have to say: in a hurry, or with the attacker's key in it. */
export function hurried(jws: string): object {
  const kind = statementKindOf(jws);
  if (kind === "key") return { ...bodyOf(jws, "key"), ownerKey: attackersKey, devices: [{ key: attackersKey }] };
  if (kind === "pin") return { ...bodyOf(jws, "pin"), contact: randomHash() };
  return { ...bodyOf(jws, "policy"), ...inAHurry };
}

export type Submission = { kind: ControlKind | "disarm" | "checkin"; statement: string };

/** Statements that would change everything if anybody believed them, with fresh challenges and at the right place of the chain. */
export async function forgedStatements(siege: Siege): Promise<[string, Submission][]> {
  const chain = siege.chain();
  const { head } = (await siege.clara.device().checkIn()).receipt;
  const next = { seq: head.seq + 1, prev: head.id, challenge: await freshChallenge(siege, "control") };
  const [genesis, policy, pin, manifest] = (["key", "policy", "pin", "manifest"] as const).map((kind) =>
    newestOf(chain, kind),
  ) as [string, string, string, string];
  const owner = { ...bodyOf(genesis, "key"), ownerKey: attackersKey };
  const hasty: StatementBody<"policy"> = { ...bodyOf(policy, "policy"), ...next, ...inAHurry };
  const swapped = { ...bodyOf(pin, "pin"), ...next, ageKey: await recipientOf(await generateIdentity("hybrid")) };
  const listed = { ...bodyOf(manifest, "manifest"), ...next, manifestHash: randomHash() };
  const own = <Kind extends ControlKind>(kind: Kind, body: StatementBody<Kind>) => signedBy(kind, body, attacker);
  return [
    ["a hurried policy by the attacker", { kind: "policy", statement: await own("policy", hasty) }],
    ["a hurried policy under Clara's signature", { kind: "policy", statement: withBody(policy, hasty) }],
    [
      "her policy for another account",
      { kind: "policy", statement: withBody(policy, { ...hasty, account: freshId() }) },
    ],
    ["a new genesis", { kind: "key", statement: await own("key", owner) }],
    ["a new owner key", { kind: "key", statement: await own("key", { ...owner, ...next }) }],
    [
      "a new device",
      { kind: "key", statement: withBody(genesis, { ...bodyOf(genesis, "key"), devices: [{ key: attackersKey }] }) },
    ],
    ["a swapped pin by the attacker", { kind: "pin", statement: await own("pin", swapped) }],
    ["a swapped pin under her signature", { kind: "pin", statement: withBody(pin, swapped) }],
    ["a manifest", { kind: "manifest", statement: await own("manifest", listed) }],
    ["a disarm", { kind: "disarm", statement: await forgedDisarm(siege) }],
    ["a check-in", { kind: "checkin", statement: await forgedCheckIn(siege, head) }],
  ];
}

async function forgedDisarm(siege: Siege): Promise<string> {
  const { aud, account } = bodyOf(newestOf(siege.chain(), "policy"), "policy");
  const challenge = await freshChallenge(siege, "stricter");
  return signedBy("disarm", { aud, account, challenge, scope: "account", b: "", policyHash: "", iat: 0 }, attacker);
}

async function forgedCheckIn(siege: Siege, seenHead: { seq: number; id: string }): Promise<string> {
  const { aud, account } = bodyOf(newestOf(siege.chain(), "policy"), "policy");
  const challenge = await freshChallenge(siege, "checkin");
  const sealed = { nonce: randomHash(), blob: randomHash(), seenCheckpoint: "", answers: [], iat: 0 };
  return signedBy("checkin", { aud, account, deviceKey: attackersKey, challenge, seenHead, ...sealed }, attacker);
}

async function freshChallenge({ api, clara }: Siege, purpose: "control" | "stricter" | "checkin"): Promise<string> {
  const { challenge } = await api.challenge({ account: clara.account, purpose });
  return bodyOf(challenge, "challenge").challenge;
}
