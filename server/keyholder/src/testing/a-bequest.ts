import { encodeBase64url, type Id, newId, parseId, randomBytes } from "@afterkeep/bytes";
import { thumbBytes } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  bequestContext,
  type BequestPlace,
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
import { openStatement, type StatementBody, zeroId } from "@afterkeep/statements";
import { defaultTimes } from "@afterkeep/switch";
import { dayMs } from "./a-keyholder.ts";
import { type Fill, type Owner, type Person, randomHash } from "./an-owner.ts";

const zones = { caller: "api", requestId: "test" } as const;
export const address = "owner@example.test";

/** One recipient's sealed parts, as the owner's client made them. The secrets are kept for the test to compare with. */
export type SealedParts = {
  readonly place: BequestPlace;
  readonly share: Uint8Array;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
  readonly imported: StatementBody<"imported">;
};
export type Generation = {
  readonly b: Id;
  readonly g: number;
  readonly identity: AgeIdentity;
  readonly bi: AgeRecipient;
  readonly manifestHash: string;
  readonly parts: readonly SealedParts[];
  readonly pins: readonly string[];
  readonly contact: string;
};
export type PolicyChange = Partial<StatementBody<"policy">> & { readonly delays?: readonly number[] };

export const newBequestId = (): Id => newId(Date.UTC(2026, 0, 1), randomBytes);

/** Seals and deposits everything that a policy for these people needs: pins, contact, shares, a manifest. */
export async function deposited(
  owner: Owner,
  people: readonly Person[],
  { b = newBequestId(), g = 1, ...known }: { b?: Id; g?: number; contact?: string } = {},
): Promise<Generation> {
  const identity = await generateIdentity("hybrid");
  const pins: string[] = [];
  for (const person of people) pins.push(await owner.pin(person));
  const parts: SealedParts[] = [];
  for (const person of people) parts.push(await depositShare(owner, identity, { b, g, person }));
  const contact = known.contact ?? (await depositContact(owner));
  const manifestHash = randomHash();
  await owner.signAndSubmit("manifest", (fields) => ({ ...fields, b, g, mseq: 1, manifestHash }));
  return { b, g, identity, bi: await recipientOf(identity), manifestHash, parts, pins, contact };
}

export async function depositShare(
  owner: Owner,
  identity: AgeIdentity,
  { b, g, person }: { b: Id; g: number; person: Pick<Person, "r" | "ageKey"> },
): Promise<SealedParts> {
  const place = { account: owner.account, b, g, r: person.r, recipient: person.ageKey };
  const context = bequestContext(place);
  const [share, gateKey] = [randomBytes(32), randomBytes(32)];
  const ownerThumb = thumbBytes(owner.ownerKey.publicKey);
  const outer = sealOuter(gateKey, context, await sealInner(place, identity, ownerThumb));
  const path = sealPath(share, context, gateKey);
  const recipient = await openDepositKey(owner, { b, g, r: person.r });
  const sealed = await sealDeposit(recipient, { bequest: context, owner: ownerThumb, share });
  const imported = await sendDeposit(owner, { b, g, r: person.r, sealed, outer, path });
  return { place, share, outer, path, imported };
}

export async function openDepositKey(owner: Owner, place: { b: string; g: number; r: string }): Promise<AgeRecipient> {
  const { depositKey } = await owner.handlers.depositKey({ account: owner.account, ...place }, zones);
  return parseHybridRecipient(openStatement("deposit-key", depositKey, await owner.keyholderKey()).body.recipient);
}

export async function sendDeposit(
  owner: Owner,
  deposit: { b: string; g: number; r: string; sealed: Uint8Array; outer: Uint8Array; path: Uint8Array },
): Promise<StatementBody<"imported">> {
  const { b, g, r } = deposit;
  const [sealed, outer, path] = [deposit.sealed, deposit.outer, deposit.path].map(encodeBase64url);
  const request = { account: owner.account, b, g, r, sealed: sealed ?? "", outer: outer ?? "", path: path ?? "" };
  const { imported } = await owner.handlers.deposit(request, zones);
  return openStatement("imported", imported, await owner.keyholderKey()).body;
}

export async function depositContact(owner: Owner, to: string = address): Promise<string> {
  const recipient = await openDepositKey(owner, { b: zeroId, g: 0, r: zeroId });
  const deposit = { account: owner.account, salt: randomBytes(32), address: to };
  const sealed = encodeBase64url(await sealContactDeposit(recipient, deposit));
  const { contact } = await owner.handlers.depositContact({ account: owner.account, sealed }, zones);
  if (contact !== encodeBase64url(contactDepositCommit(deposit))) throw new Error("another contact was kept");
  return contact;
}

/** The policy that a careful client signs for what was deposited: 30 days, grace 14, last call 72 hours. */
export function policyOf(owner: Owner, generation: Generation, over: PolicyChange = {}): Fill<"policy"> {
  const { delays = [], ...changed } = over;
  const { times, ...limits } = defaultTimes(30 * dayMs);
  return (fields) => ({
    ...fields,
    b: generation.b,
    g: generation.g,
    bi: generation.bi,
    recipients: generation.parts.map(({ imported }, i) => recipientEntry(generation, imported, i, delays[i] ?? 0)),
    times: { ...times, reminders: [...times.reminders] },
    ...limits,
    classes: ["signed", "token"],
    contacts: [generation.contact],
    acceptUnverified: false,
    acceptNoGuardians: true,
    guardians: [],
    requests: [],
    alternates: [],
    secondDoor: [],
    timelock: "",
    keyholders: [owner.audience],
    k: 1,
    n: 1,
    ...changed,
  });
}

function recipientEntry(generation: Generation, imported: StatementBody<"imported">, i: number, delay: number) {
  return {
    r: parseId(imported.r),
    pin: generation.pins[i] ?? "",
    verified: "words" as const,
    delay,
    outerHash: imported.outerHash,
    shareCommit: imported.shareCommit,
    paths: [{ path: 1 as const, mask: 1 as const, pathHash: imported.pathHash }],
    gCommits: [],
    gSecretCommit: "" as const,
  };
}

/** Everything at once: deposited and armed. Returns the policyHash beside what was deposited. */
export async function armed(
  owner: Owner,
  people: readonly Person[],
  over: PolicyChange = {},
): Promise<Generation & { policyHash: string }> {
  const generation = await deposited(owner, people);
  const policyHash = await owner.signAndSubmit("policy", policyOf(owner, generation, over));
  return { ...generation, policyHash };
}
