import { encodeBase64url } from "@afterkeep/bytes";
import { sign, type SigningKey, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import { type JcsObject, signStatement } from "@afterkeep/formats";
import {
  type AccountView,
  attestedSignId,
  extendChain,
  newestManifest,
  type OpenedStatement,
  signedStatement,
  type StatementBody,
  type StatementKind,
  tokenCheckInId,
  withKitSignature,
  zeroHash,
} from "@afterkeep/statements";
import { dayMs, defaultTimes, loosens, type SwitchPolicy } from "@afterkeep/switch";
import { hex, named, namedId, type VectorFile } from "./values.ts";

const hash = (name: string) => encodeBase64url(named(name));
const recipient = (name: string) => `age1pq1${hex(named(name)).replaceAll("b", "z").replaceAll("1", "y")}`;
const keys = Object.fromEntries(
  ["owner", "revocation", "device", "job", "keyholder"].map((who) => [who, signingKeyFromSeed(named(`${who} seed`))]),
);
const keyOf = (who: string): SigningKey => keys[who] ?? signingKeyFromSeed(named(`${who} seed`));
const publicOf = (who: string) => encodeBase64url(keyOf(who).publicKey);

const account = namedId("account");
const b = namedId("bequest");
const r = namedId("anna");
const keyholder = thumb(keyOf("keyholder").publicKey);
const trust = { account, keyholder };
const at = 1_700_000_000_000;

const signed = <K extends StatementKind>(who: string, kind: K, body: StatementBody<K>): Promise<OpenedStatement<K>> => {
  const key = keyOf(who);
  return signedStatement(kind, body, { publicKey: key.publicKey, sign: (message) => sign(message, key) });
};

function after(view: AccountView | null) {
  const place = view === null ? { seq: 0, prev: zeroHash } : { seq: view.head.seq + 1, prev: view.head.id };
  return { aud: keyholder, account, challenge: hash(`challenge ${place.seq}`), iat: at / 1000, ...place };
}

const genesis = (): StatementBody<"key"> => ({
  ...after(null),
  epoch: 0,
  ownerKey: publicOf("owner"),
  revocationKey: publicOf("revocation"),
  identity: recipient("owner"),
  keyring: hash("keyring"),
  devices: [{ key: publicOf("device") }],
});

const pin = (view: AccountView): StatementBody<"pin"> => ({
  ...after(view),
  r,
  ageKey: recipient("anna"),
  signingKey: "",
  verified: "words",
  contact: hash("contact of anna"),
});

const manifest = (view: AccountView): StatementBody<"manifest"> => ({
  ...after(view),
  b,
  g: 1,
  mseq: 1,
  manifestHash: hash("manifest"),
});

const policy = (view: AccountView, pinId: string): StatementBody<"policy"> => ({
  ...after(view),
  b,
  g: 1,
  bi: recipient("bequest identity"),
  recipients: [
    {
      r,
      pin: pinId,
      verified: "words",
      delay: 0,
      outerHash: hash("outer"),
      shareCommit: hash("share"),
      paths: [
        {
          path: 1,
          mask: 1,
          pathHash: hash("path"),
        },
      ],
      gCommits: [],
      gSecretCommit: "",
    },
  ],
  ...defaultTimes(30 * dayMs),
  classes: ["signed", "token"],
  contacts: [hash("contact of owner")],
  acceptUnverified: false,
  acceptNoGuardians: true,
  guardians: [],
  requests: [],
  alternates: [],
  secondDoor: [],
  timelock: "",
  keyholders: [keyholder],
  k: 1,
  n: 1,
});

const checkIn = (view: AccountView, who = "device"): StatementBody<"checkin"> => ({
  aud: keyholder,
  account,
  deviceKey: publicOf(who),
  challenge: hash("challenge"),
  nonce: hash("nonce"),
  seenHead: view.head,
  seenCheckpoint: "",
  answers: [],
  blob: "AA",
  iat: at / 1e3,
});

function receipt(view: AccountView, statement: string, policyHash: string): StatementBody<"receipt"> {
  const left = 47 * dayMs;
  const manifestHash = newestManifest(view, b, 1)?.manifestHash ?? zeroHash;
  const row = { b, g: 1, policyHash, manifestHash, state: "armed" as const, used: 0, left };
  return {
    account,
    statement,
    nonce: hash("nonce"),
    epoch: 0,
    counter: 5,
    head: view.head,
    mode: "real",
    probe: "public",
    at,
    rows: [
      {
        ...row,
        earliest: {
          silence: at + left,
          request: 0,
        },
      },
    ],
    pending: {
      requests: [],
      loosenings: [],
    },
    nextKey: hash("next key"),
  };
}

/** A short life of an account: its chain, a check-in, the receipt, and neighbours of each that must be refused. */
export async function accountChainVectors(): Promise<VectorFile> {
  const first = await signed("owner", "key", genesis());
  let view = extendChain(null, first.jws, trust);
  const second = await signed("owner", "pin", pin(view));
  view = extendChain(view, second.jws, trust);
  const third = await signed("owner", "manifest", manifest(view));
  const pinned = view;
  view = extendChain(view, third.jws, trust);
  const fourth = await signed("owner", "policy", policy(view, second.id));
  const filled = view;
  view = extendChain(view, fourth.jws, trust);
  const life = await signed("device", "checkin", checkIn(view));
  const answer = await signed("keyholder", "receipt", receipt(view, life.id, fourth.id));
  const chain = [first, second, third, fourth];
  return {
    about: "specs/statements.md; ids, hashes and public keys are base64url as in statements; no key here is anybody's",
    account,
    keyholder,
    publicKeys: Object.fromEntries(Object.keys(keys).map((who) => [who, publicOf(who)])),
    chain: chain.map(({ kind, jws, id }) => ({ kind, jws, id })),
    head: { ...view.head },
    refusedNext: refusedNext(view, second.jws, first.jws),
    refusedChains: [
      { why: "without genesis", code: "genesis", order: [1, 2, 3] },
      { why: "one dropped", code: "chain-gap", order: [0, 1, 3] },
      { why: "two swapped", code: "chain-gap", order: [0, 2, 1, 3] },
      { why: "one replayed", code: "duplicate", order: [0, 1, 2, 2] },
    ],
    checkIn: { jws: life.jws, id: life.id, nonce: hash("nonce") },
    receipt: { jws: answer.jws, id: answer.id, nextKey: hash("next key"), seenBefore: { epoch: 0, counter: 4 } },
    refusedReceipts: refusedReceipts(receipt(view, life.id, fourth.id), { seq: pinned.head.seq, id: pinned.head.id }),
    delegate: await delegateVectors(view, fourth.id),
    kit: await kitVectors(filled, view, second.id),
    token: { token: hash("token"), nonce: hash("nonce"), id: tokenCheckInId(account, hash("token"), hash("nonce")) },
    attested: { event: hash("event"), id: attestedSignId(account, hash("event")) },
    loosening: looseningCases(),
    beforePolicy: { ...filled.head },
  };
}

/** What follows when the owner certifies a key that may only check in: its check-in, the receipt, and what must be refused. */
async function delegateVectors(before: AccountView, policyHash: string): Promise<VectorFile> {
  const certified = await signed("owner", "delegate", { ...after(before), key: publicOf("job") });
  const view = extendChain(before, certified.jws, trust);
  const life = await signed("job", "checkin", checkIn(view, "job"));
  const weak = { class: "delegated" as const, rows: [{ b, left: 60 * dayMs }] };
  const honest: StatementBody<"receipt"> = { ...receipt(view, life.id, policyHash), counter: 6, weak };
  const { weak: _weak, ...silent } = honest;
  const answer = await signed("keyholder", "receipt", honest);
  const said = (changes: JcsObject) => signStatement("receipt", { ...honest, ...changes }, keyOf("keyholder"));
  const next = (kind: string, body: JcsObject, who = "owner") => signStatement(kind, body, keyOf(who));
  const again = (key: string) => ({ ...after(view), key });
  const answers = [{ request: namedId("request"), answer: "leave" }];
  return {
    jws: certified.jws,
    id: certified.id,
    head: { ...view.head },
    refusedNext: [
      { why: "signed by itself", code: "signature", jws: next("delegate", again(publicOf("another")), "job") },
      { why: "certified twice", code: "unsafe-key", jws: next("delegate", again(publicOf("job"))) },
      { why: "a device's key", code: "unsafe-key", jws: next("delegate", again(publicOf("device"))) },
      { why: "the owner's key", code: "unsafe-key", jws: next("delegate", again(publicOf("owner"))) },
      {
        why: "a device with its key",
        code: "unsafe-key",
        jws: next("key", { ...genesis(), ...after(view), devices: [{ key: publicOf("job") }] }),
      },
    ],
    checkIn: { jws: life.jws, id: life.id, nonce: hash("nonce"), class: "delegated" },
    refusedCheckIns: [
      { why: "before it is certified", code: "device-unknown", jws: life.jws, seq: before.head.seq },
      { why: "with answers", code: "unsupported", jws: next("checkin", { ...checkIn(view, "job"), answers }, "job") },
      { why: "in a device's name", code: "signature", jws: next("checkin", checkIn(view, "device"), "job") },
      { why: "by an unknown key", code: "device-unknown", jws: next("checkin", checkIn(view, "another"), "another") },
    ],
    receipt: { jws: answer.jws, id: answer.id, seenBefore: { epoch: 0, counter: 5 } },
    refusedReceipts: [
      {
        why: "nothing counted it",
        reason: "not-counted",
        jws: signStatement("receipt", silent, keyOf("keyholder")),
      },
      { why: "another class", reason: "not-counted", jws: said({ weak: { ...weak, class: "attested" } }) },
      {
        why: "a bequest without a row",
        reason: "not-counted",
        jws: said({ weak: { ...weak, rows: [{ b: namedId("other"), left: 0 }] } }),
      },
    ],
  };
}

/** The same policy as a first arming that the recovery kit's key signed too, and what must be refused in its place. */
async function kitVectors(before: AccountView, armed: AccountView, pinId: string): Promise<VectorFile> {
  const signedToo = (body: StatementBody<"policy">, who = "revocation") => {
    const key = keyOf(who);
    const signer = { publicKey: key.publicKey, sign: (message: Uint8Array) => sign(message, key) };
    return withKitSignature(body, thumb(keyOf("owner").publicKey), signer);
  };
  const plain = policy(before, pinId);
  const honest = await signedToo(plain);
  const { kit = "" } = honest;
  const { jws, id } = await signed("owner", "policy", honest);
  const next = (body: StatementBody<"policy">) =>
    signStatement(
      "policy",
      { ...body, recipients: body.recipients.map((one) => ({ ...one })), kit: body.kit ?? "" },
      keyOf("owner"),
    );
  return {
    jws,
    id,
    refused: [
      { why: "signed by the owner's key instead", code: "kit", jws: next(await signedToo(plain, "owner")) },
      { why: "signed by the device", code: "kit", jws: next(await signedToo(plain, "device")) },
      {
        why: "for another grace period",
        code: "kit",
        jws: next({ ...plain, times: { ...plain.times, grace: dayMs }, kit }),
      },
      { why: "for another bequest", code: "kit", jws: next({ ...plain, b: namedId("other"), kit }) },
      { why: "for another challenge", code: "kit", jws: next({ ...plain, challenge: hash("other"), kit }) },
      { why: "an empty signature", code: "body", jws: next({ ...plain, kit: "" }) },
      { why: "another spelling", code: "body", jws: next({ ...plain, kit: `${kit}=` }) },
    ],
    refusedLater: { code: "not-first", jws: next(await signedToo({ ...plain, ...after(armed) })) },
  };
}

function refusedNext(view: AccountView, replayed: string, otherGenesis: string): VectorFile[] {
  const next = (changes: JcsObject, who = "owner", kind = "pin") =>
    signStatement(kind, { ...pin(view), ...changes }, keyOf(who));
  return [
    { why: "signed by the device", code: "signature", jws: next({}, "device") },
    { why: "signed by the revocation key", code: "signature", jws: next({}, "revocation") },
    { why: "another account", code: "account", jws: next({ account: namedId("other") }) },
    { why: "another keyholder", code: "audience", jws: next({ aud: hash("other") }) },
    { why: "a gap", code: "chain-gap", jws: next({ seq: view.head.seq + 2 }) },
    { why: "a fork", code: "chain-conflict", jws: next({ prev: hash("other") }) },
    { why: "the same body as another kind", code: "body", jws: next({}, "owner", "manifest") },
    { why: "an unknown field", code: "body", jws: next({ extra: 1 }) },
    { why: "a feature that is absent", code: "body", jws: next({ signingKey: hash("guardian") }) },
    { why: "a replay", code: "duplicate", jws: replayed },
    { why: "a second genesis", code: "duplicate", jws: otherGenesis },
  ];
}

function refusedReceipts(honest: StatementBody<"receipt">, olderHead: StatementBody<"receipt">["head"]): VectorFile[] {
  const said = (changes: JcsObject, who = "keyholder") =>
    signStatement("receipt", { ...honest, ...changes }, keyOf(who));
  const row = (changes: JcsObject) => ({ rows: honest.rows.map((one) => ({ ...one, ...changes })) });
  return [
    { why: "signed by the owner", reason: "signature", jws: said({}, "owner") },
    { why: "another account", reason: "account", jws: said({ account: namedId("other") }) },
    { why: "another statement", reason: "statement", jws: said({ statement: hash("other") }) },
    { why: "another nonce", reason: "nonce", jws: said({ nonce: hash("other") }) },
    { why: "a demonstration", reason: "mode", jws: said({ mode: "demo" }) },
    { why: "another next key", reason: "next-key", jws: said({ nextKey: hash("other") }) },
    { why: "the counter seen before", reason: "stale", jws: said({ counter: 4 }) },
    { why: "an older head", reason: "head-behind", jws: said({ head: olderHead }) },
    { why: "no row", reason: "row-missing", jws: said({ rows: [] }) },
    { why: "another policy", reason: "policy", jws: said(row({ policyHash: hash("other") })) },
    { why: "another manifest", reason: "manifest", jws: said(row({ manifestHash: hash("other") })) },
    { why: "time not begun anew", reason: "not-counted", jws: said(row({ used: 1 })) },
    { why: "an earlier moment", reason: "time", jws: said(row({ earliest: { silence: at, request: 0 } })) },
  ];
}

function looseningCases(): VectorFile[] {
  const before: SwitchPolicy = {
    id: "1",
    g: 1,
    ...defaultTimes(30 * dayMs),
    classes: ["signed"],
    requests: [],
    guardians: null,
    contacts: ["c"],
    acceptUnverified: false,
    recipients: [
      {
        r: "anna",
        key: "k",
        verified: "words",
        delay: 0,
      },
    ],
    keyholders: ["kh"],
    k: 1,
    n: 1,
  };
  const judge = (why: string, after: SwitchPolicy) => ({ why, ...loosens(before, after) });
  return [
    judge("the same in another generation", { ...before, id: "2", g: 2 }),
    judge("a longer interval", { ...before, ...defaultTimes(60 * dayMs), weakMax: before.weakMax }),
    judge("a shorter interval", { ...before, ...defaultTimes(29 * dayMs) }),
    judge("tokens accepted", { ...before, classes: ["signed", "token"] }),
    judge("a recipient more", {
      ...before,
      recipients: [...before.recipients, { r: "ben", key: "k", verified: "words", delay: 0 }],
    }),
    judge("another key", { ...before, recipients: [{ r: "anna", key: "k2", verified: "words", delay: 0 }] }),
    judge("a longer delay", { ...before, recipients: [{ r: "anna", key: "k", verified: "words", delay: 1 }] }),
  ];
}
