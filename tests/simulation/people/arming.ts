import { createHash } from "node:crypto";
import { encodeBase64url, type Id, newId, parseId, randomBytes, u32be } from "@afterkeep/bytes";
import { ctx, sign, type SigningKey, thumb, thumbBytes } from "@afterkeep/crypto";
import {
  bequestContext,
  contactDepositCommit,
  generateIdentity,
  parseHybridRecipient,
  recipientOf,
  sealContactDeposit,
  sealDeposit,
  sealInner,
  sealOuter,
  sealPath,
} from "@afterkeep/formats";
import { type StatementBody, withKitSignature, zeroId } from "@afterkeep/statements";
import type { Random } from "../chance/random.ts";
import type { WeakSign } from "../ledger/facts.ts";
import { dayMs, hourMs } from "../world/time.ts";
import type { Habits } from "./habits.ts";
import type { Client } from "./client.ts";
import type { BequestState, Person, SealedGeneration } from "./vault.ts";

export type Wishes = {
  readonly interval: number;
  readonly reminders: readonly number[];
  readonly grace: number;
  readonly lastCall: number;
  readonly weakMax: number;
  readonly takesLinks: boolean;
  readonly takesJobs: boolean;
  readonly takesSignIns: boolean;
  readonly delays: readonly number[];
  /** Of each person: how long they wait when they ask, or null for who may not. */
  readonly waits: readonly (number | null)[];
};

/** Times as people choose them, from a day to a year; whole hours. */
export function drawWishes(
  random: Random,
  people: number,
  habits: Pick<Habits, "shortestIntervalMs" | "reminders">,
): Wishes {
  const hours = (min: number, max: number) => Math.round(min * (max / min) ** random.part()) * hourMs;
  const shortest = habits.shortestIntervalMs / hourMs;
  const interval = hours(random.chance(0.1) ? shortest : Math.max(shortest, 14 * 24), 365 * 24);
  const parts = random.pick(habits.reminders);
  return {
    interval,
    reminders: parts.map((part) => Math.round(interval * part)),
    grace: hours(24, 30 * 24),
    lastCall: hours(12, 6 * 24),
    weakMax: Math.round(random.pick([0, 0.5, 1, 2]) * interval),
    takesLinks: random.chance(0.7),
    takesJobs: false,
    takesSignIns: false,
    delays: Array.from({ length: people }, () => (random.chance(0.6) ? 0 : random.between(1, 30) * dayMs)),
    waits: [],
  };
}

/** Whom an owner lets ask, in a world where people do. Why a randomness of its own: worlds without them stay as they are. */
export function withWaits(wishes: Wishes, random: Random | null): Wishes {
  if (random === null) return wishes;
  return { ...wishes, waits: wishes.delays.map(() => (random.chance(0.35) ? null : random.between(72, 240) * hourMs)) };
}

/** Whether a job's key may check in, for owners who have a job. */
export function withJob(wishes: Wishes, random: Random | null): Wishes {
  return random === null ? wishes : { ...wishes, takesJobs: random.chance(0.8) };
}

/** Whether a sign-in counts, for owners whose account is signed into. */
export function withSignIns(wishes: Wishes, random: Random | null): Wishes {
  return random === null ? wishes : { ...wishes, takesSignIns: random.chance(0.8) };
}

/** The shortest times that a policy may have. */
export function hastyWishes(wishes: Wishes): Wishes {
  return { ...wishes, interval: dayMs, reminders: [dayMs / 2], grace: dayMs, lastCall: 12 * hourMs, weakMax: 0 };
}

/** Deposits the addresses for last calls. */
export async function depositContacts(client: Client): Promise<void> {
  const { account, addresses } = client.vault;
  const contacts: string[] = [];
  for (const address of addresses) {
    const place = { account, b: zeroId, g: 0, r: zeroId };
    const { depositKey } = await client.world.ask("api", "depositKey", place);
    const recipient = parseHybridRecipient(client.pin.open("deposit-key", depositKey).recipient);
    const deposit = { account, salt: randomBytes(32), address };
    const sealed = encodeBase64url(await sealContactDeposit(recipient, deposit));
    await client.world.ask("api", "depositContact", { account, sealed });
    contacts.push(encodeBase64url(contactDepositCommit(deposit)));
  }
  client.vault.contacts = contacts;
}

/** Seals and deposits a new generation: shares and a first manifest. */
export async function sealGeneration(client: Client, bequest: BequestState): Promise<void> {
  bequest.g++;
  bequest.mseq = 0;
  const identity = await generateIdentity("hybrid");
  const recipients: SealedGeneration["recipients"] = [];
  for (const person of bequest.people) recipients.push(await depositShare(client, bequest, identity, person));
  await signManifest(client, bequest);
  bequest.sealed = { bi: await recipientOf(identity), recipients };
}

async function depositShare(
  client: Client,
  { b, g, facts, gates }: BequestState,
  identity: Parameters<typeof sealInner>[1],
  person: Person,
): Promise<SealedGeneration["recipients"][number]> {
  const { account, ownerKey, pins } = client.vault;
  const { r, ageKey } = person;
  const { depositKey } = await client.world.ask("api", "depositKey", { account, b, g, r });
  const place = { account, b, g, r, recipient: ageKey };
  const context = bequestContext(place);
  const [share, gateKey, owner] = [randomBytes(32), randomBytes(32), thumbBytes(ownerKey.publicKey)];
  const outer = sealOuter(gateKey, context, await sealInner(place, identity, owner));
  const path = sealPath(share, context, gateKey);
  const recipient = parseHybridRecipient(client.pin.open("deposit-key", depositKey).recipient);
  const sealed = await sealDeposit(recipient, { bequest: context, owner, share });
  const request = { account, b, g, r, sealed: text(sealed), outer: text(outer), path: text(path) };
  const { imported } = await client.world.ask("api", "deposit", request);
  const kept = client.pin.open("imported", imported);
  gates.push({ r, context, path: request.path, identity });
  facts.shares.set(`${g}/${r}`, text(share));
  return {
    r: parseId(kept.r),
    pin: pins.get(r) ?? "",
    verified: "words",
    delay: 0,
    outerHash: kept.outerHash,
    shareCommit: kept.shareCommit,
    paths: [{ path: 1, mask: 1, pathHash: kept.pathHash }],
    gCommits: [],
    gSecretCommit: "",
  };
}

/** A new list of documents for the present generation. */
export async function signManifest(client: Client, bequest: BequestState): Promise<void> {
  const { b, g, facts } = bequest;
  const [mseq, body] = [bequest.mseq + 1, randomBytes(32)];
  // Why the hash itself where nobody looks at the list: those worlds stay what they were.
  const manifestHash = encodeBase64url(client.world.server === null ? body : manifestHashOf(body));
  // Why before it is sent: until the answer comes, either may be the newest.
  facts.manifests.set(g, [...(facts.manifests.get(g) ?? []), manifestHash]);
  await client.control(
    "manifest",
    (fields) => ({ ...fields, b, g, mseq, manifestHash }),
    () => {
      facts.manifests.set(g, [manifestHash]);
      bequest.mseq = mseq;
    },
    { b, g, mseq, body: encodeBase64url(body) },
  );
}

// Source: protocol §2, manifestHash = H(ctx("manifest", file)).
function manifestHashOf(body: Uint8Array): Uint8Array {
  return createHash("sha256").update(ctx("manifest")).update(u32be(body.length)).update(body).digest();
}

/** Signs the policy for what is sealed, with these times. @param kit what signs a first arming too, by the owner's word their recovery kit's key */
export async function signPolicy(
  client: Client,
  bequest: BequestState,
  wishes: Wishes,
  kit: SigningKey | null = null,
): Promise<void> {
  const { b, g, sealed, facts } = bequest;
  if (sealed === null) throw new Error("nothing is sealed yet");
  const recipients = sealed.recipients.map((one, i) => ({ ...one, delay: wishes.delays[i] ?? 0 }));
  const delays = new Map(recipients.map(({ r, delay }) => [r, delay]));
  const asking = recipients.map(({ r }, i) => ({ r, wait: wishes.waits[i] ?? null }));
  const takes = weakSignsOf(wishes);
  const requests = asking.flatMap(({ r, wait }) => (wait === null ? [] : [{ r, wait }]));
  await client.control(
    "policy",
    (fields) =>
      signedToo(client, kit, {
        ...fields,
        b,
        g,
        bi: sealed.bi,
        recipients,
        times: timesOf(wishes),
        weakMax: wishes.weakMax,
        unreachableExtra: 60 * dayMs,
        classes: ["signed", ...takes],
        contacts: [...client.vault.contacts],
        acceptUnverified: false,
        acceptNoGuardians: true,
        guardians: [],
        requests,
        alternates: [],
        secondDoor: [],
        timelock: "",
        keyholders: [fields.aud],
        k: 1,
        n: 1,
      }),
    (id, accepted) => {
      const { interval, reminders, grace, lastCall, weakMax } = wishes;
      client.world.ledger.arm(facts, {
        id,
        g,
        interval,
        reminders,
        grace,
        lastCall,
        weakMax,
        takes: new Set(takes),
        delays,
        requests: new Map(requests.map(({ r, wait }) => [r, wait])),
        isWithKit: kit !== null,
        accepted,
      });
      bequest.policyId = id;
    },
  );
}

async function signedToo(client: Client, kit: SigningKey | null, policy: StatementBody<"policy">) {
  if (kit === null) return policy;
  const signer = { publicKey: kit.publicKey, sign: (bytes: Uint8Array) => sign(bytes, kit) };
  return withKitSignature(policy, thumb(client.vault.ownerKey.publicKey), signer);
}

function weakSignsOf({ takesLinks, takesJobs, takesSignIns }: Wishes): WeakSign[] {
  return [
    ...(takesLinks ? (["token"] as const) : []),
    ...(takesJobs ? (["delegated"] as const) : []),
    ...(takesSignIns ? (["attested"] as const) : []),
  ];
}

function timesOf({ interval, reminders, grace, lastCall }: Wishes) {
  return { interval, reminders: [...reminders], grace, lastCall };
}

export function newBequestId(): Id {
  return newId(Date.UTC(2026, 0, 1), randomBytes);
}

const text = (bytes: Uint8Array): string => encodeBase64url(bytes);
