import { encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { hash, sign, type SigningKey, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import { defaultTimes } from "@afterkeep/switch";
import type { AccountView } from "../account-view.ts";
import { type StatementBody, type StatementKind, zeroHash } from "../bodies.ts";
import { type ChainTrust, extendChain } from "../chain.ts";
import { parseBody } from "../parse-body.ts";
import { type OpenedStatement, signedStatement, type StatementSigner } from "../sign.ts";

export const dayMs = 86_400_000;

/** Fixed bytes with a name: the same in every run, different for every name. */
export const hashOf = (name: string) => encodeBase64url(hash(encodeUtf8(name)));
export const idOf = (name: string) => encodeBase64url(hash(encodeUtf8(name)).subarray(0, 16));
export const recipientOf = (name: string) =>
  `age1pq1${[...hash(encodeUtf8(name))].map((byte) => "qpzry9x8gf2tvdw0s3jn54khce6mua7l"[byte & 31]).join("")}`;

export type Signer = StatementSigner & {
  readonly key: SigningKey;
  readonly thumb: string;
  readonly publicText: string;
};

export function aSigner(name: string): Signer {
  const key = signingKeyFromSeed(hash(encodeUtf8(`seed of ${name}`)));
  const publicText = encodeBase64url(key.publicKey);
  return {
    key,
    publicKey: key.publicKey,
    publicText,
    thumb: thumb(key.publicKey),
    sign: (message) => sign(message, key),
  };
}

export const owner = aSigner("owner");
export const revocation = aSigner("revocation");
export const device = aSigner("device");
export const keyholder = aSigner("keyholder");
export const account = idOf("account");
export const bequest = idOf("bequest");
export const trust: ChainTrust = { account, keyholder: keyholder.thumb };

/** The fields of a control statement that follows `view`. */
export function following(view: AccountView | null, challenge = "challenge") {
  const place = view === null ? { seq: 0, prev: zeroHash } : { seq: view.head.seq + 1, prev: view.head.id };
  return { aud: keyholder.thumb, account, challenge: hashOf(challenge), iat: 1_700_000_000, ...place };
}

export function genesisBody(changes: Partial<StatementBody<"key">> = {}): StatementBody<"key"> {
  return {
    ...following(null),
    epoch: 0,
    ownerKey: owner.publicText,
    revocationKey: revocation.publicText,
    identity: recipientOf("owner"),
    keyring: hashOf("keyring"),
    devices: [{ key: device.publicText }],
    ...changes,
  };
}

export function pinBody(
  view: AccountView,
  name: string,
  changes: Partial<StatementBody<"pin">> = {},
): StatementBody<"pin"> {
  const person = { r: idOf(name), ageKey: recipientOf(name), contact: hashOf(`contact of ${name}`) };
  return { ...following(view), ...person, signingKey: "", verified: "words", ...changes };
}

export function policyRecipient(view: AccountView, name: string, g = 1): StatementBody<"policy">["recipients"][number] {
  const pin = view.pins.get(idOf(name))?.at(-1);
  const parts = { outerHash: hashOf(`outer ${name} ${g}`), shareCommit: hashOf(`share ${name} ${g}`) };
  return {
    r: idOf(name),
    pin: pin?.id ?? zeroHash,
    verified: pin?.body.verified ?? "words",
    delay: 0,
    ...parts,
    paths: [{ path: 1, mask: 1, pathHash: hashOf(`path ${name} ${g}`) }],
    gCommits: [],
    gSecretCommit: "",
  };
}

export function policyBody(
  view: AccountView,
  changes: Partial<StatementBody<"policy">> = {},
  names = ["anna"],
): StatementBody<"policy"> {
  const g = changes.g ?? 1;
  return {
    ...following(view),
    b: bequest,
    g,
    bi: recipientOf(`bi ${g}`),
    recipients: names.map((name) => policyRecipient(view, name, g)),
    ...defaultTimes(30 * dayMs),
    classes: ["signed", "token"],
    contacts: [hashOf("contact of owner")],
    acceptUnverified: false,
    acceptNoGuardians: true,
    guardians: [],
    requests: [],
    alternates: [],
    secondDoor: [],
    timelock: "",
    keyholders: [keyholder.thumb],
    k: 1,
    n: 1,
    ...changes,
  };
}

export function manifestBody(
  view: AccountView,
  mseq: number,
  changes: Partial<StatementBody<"manifest">> = {},
): StatementBody<"manifest"> {
  return { ...following(view), b: bequest, g: 1, mseq, manifestHash: hashOf(`manifest ${mseq}`), ...changes };
}

export function disarmBody(
  policyHash: string,
  changes: Partial<StatementBody<"disarm">> = {},
): StatementBody<"disarm"> {
  const { aud, challenge, iat } = following(null, "disarm");
  return { aud, account, challenge, scope: "bequest", b: bequest, policyHash, iat, ...changes };
}

export function pauseBody(
  policyHash: string,
  forMs: number,
  changes: Partial<StatementBody<"pause">> = {},
): StatementBody<"pause"> {
  return { ...disarmBody(policyHash), forMs, ...changes };
}

export type Account = { readonly view: AccountView; readonly statements: readonly string[] };

/** Adds one more statement, signed by the owner key. */
export async function withStatement<K extends StatementKind>(
  { view, statements }: Account,
  kind: K,
  body: (view: AccountView) => StatementBody<K>,
): Promise<Account> {
  const { jws } = await signedStatement(kind, body(view), owner);
  return { view: extendChain(view, jws, trust), statements: [...statements, jws] };
}

export async function aNewAccount(): Promise<Account> {
  const { jws } = await signedStatement("key", genesisBody(), owner);
  return { view: extendChain(null, jws, trust), statements: [jws] };
}

/** key, pin of anna, manifest 1, policy, manifest 2. */
export async function anArmedAccount(): Promise<Account> {
  const pinned = await withStatement(await aNewAccount(), "pin", (view) => pinBody(view, "anna"));
  const filled = await withStatement(pinned, "manifest", (view) => manifestBody(view, 1));
  const armed = await withStatement(filled, "policy", (view) => policyBody(view));
  return withStatement(armed, "manifest", (view) => manifestBody(view, 2));
}

/** Signs whatever it is given: statements that no honest signer would make. */
export function unsafeSignedForTestsOnly<K extends StatementKind>(
  kind: K,
  body: StatementBody<K>,
  signer: Signer,
  typ: string = kind,
): string {
  return signStatement(typ, parseBody(kind, body).payload, signer.key);
}

export async function signedBy<K extends StatementKind>(
  kind: K,
  body: StatementBody<K>,
  signer: Signer,
): Promise<OpenedStatement<K>> {
  return signedStatement(kind, body, signer);
}
