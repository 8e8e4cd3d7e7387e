import { encodeBase64url } from "@afterkeep/bytes";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import type { SigningKey } from "@afterkeep/crypto";
import { type StatementBody, statementIdOf } from "@afterkeep/statements";
import type { Moment } from "../ledger/facts.ts";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import type { OwnChain } from "./own-chain.ts";
import { randomHash, type Vault } from "./vault.ts";

type Control = "key" | "pin" | "policy" | "manifest" | "delegate";
type Submitted = Control | "disarm" | "pause" | "refuse" | "revoke-device" | "checkin";
type ControlFields = Pick<StatementBody<"key">, "aud" | "account" | "challenge" | "seq" | "prev" | "iat">;
type UnderWay = {
  readonly kind: Submitted;
  readonly jws: string;
  readonly sent: Moment;
  readonly hear: Accepted;
  /** The requests that it lets go on. */
  readonly leaves: readonly string[];
  readonly manifest: ManifestBody | undefined;
};
/** What travels with a manifest's statement. */
type ManifestBody = { readonly b: string; readonly g: number; readonly mseq: number; readonly body: string };
type Pending = StatementBody<"challenge">["pending"];
/** What the ledger hears when a statement counted. */
type Accepted = (id: string, accepted: Moment, receipt: StatementBody<"receipt">) => void;

/** An owner's client: signs, submits, and sends again what got no answer, until it knows whether it counted. */
export class Client {
  readonly vault: Vault;
  readonly world: World;
  readonly pin: KeyholderPin;
  readonly blob: string;
  #underWay: UnderWay | null = null;
  /** Null where clients ask the keyholder themselves, and go by its word alone. */
  readonly #chain: OwnChain | null;

  constructor(world: World, pin: KeyholderPin, vault: Vault, blob: string, chain: OwnChain | null = null) {
    this.#chain = chain;
    this.world = world;
    this.pin = pin;
    this.vault = vault;
    this.blob = blob;
  }

  /** When it reached the keyholder, where that may be long after it was sent. */
  cameAt: (jws: string) => Moment | null = () => null;

  get isUncertain(): boolean {
    return this.#underWay !== null;
  }

  async genesis(): Promise<void> {
    const { ownerKey, revocationKey, device, spare } = this.vault;
    const devices = [device, ...(spare === null ? [] : [spare])];
    const identity = await recipientOf(await generateIdentity("hybrid"));
    const keys = {
      epoch: 1,
      ownerKey: encodeBase64url(ownerKey.publicKey),
      revocationKey: encodeBase64url(revocationKey.publicKey),
      identity,
      keyring: randomHash(),
      devices: devices.map(({ publicKey }) => ({ key: encodeBase64url(publicKey) })),
    };
    const { aud, challenge } = await this.#challenge("control");
    const fields = { aud, challenge, account: this.vault.account, seq: 0, prev: zeroHash, iat: 0 };
    await this.#submit("key", await this.vault.sign("key", { ...fields, ...keys }, ownerKey), () => {});
  }

  async control<Kind extends Exclude<Control, "key">>(
    kind: Kind,
    fill: (fields: ControlFields) => StatementBody<Kind> | Promise<StatementBody<Kind>>,
    hear: Accepted,
    manifest?: ManifestBody,
  ): Promise<string> {
    const { aud, challenge, head } = await this.#challenge("control");
    this.#chain?.require(head);
    const fields = { aud, challenge, account: this.vault.account, seq: head.seq + 1, prev: head.id, iat: 0 };
    const body = await fill(fields);
    return this.#submit(kind, await this.vault.sign(kind, body, this.vault.ownerKey), hear, [], manifest);
  }

  /** @param b the bequest, or empty for all of them */
  async refuse(b: string, policyHash: string): Promise<void> {
    const body = { ...(await this.#stricter()), scope: scopeOf(b), b, policyHash };
    await this.#submit("refuse", await this.vault.sign("refuse", body, this.vault.ownerKey), () => {});
  }

  async revoke({ publicKey }: SigningKey, hear: Accepted): Promise<void> {
    const body = { ...(await this.#stricter()), deviceKey: encodeBase64url(publicKey) };
    await this.#submit("revoke-device", await this.vault.sign("revoke-device", body, this.vault.ownerKey), hear);
  }

  async disarm(b: string, policyHash: string, hear: Accepted): Promise<void> {
    const body = { ...(await this.#stricter()), scope: scopeOf(b), b, policyHash };
    await this.#submit("disarm", await this.vault.sign("disarm", body, this.vault.ownerKey), hear);
  }

  async pause(b: string, policyHash: string, forMs: number, hear: Accepted): Promise<void> {
    const body = { ...(await this.#stricter()), scope: scopeOf(b), b, policyHash, forMs };
    await this.#submit("pause", await this.vault.sign("pause", body, this.vault.ownerKey), hear);
  }

  async #stricter() {
    const { aud, challenge } = await this.#challenge("stricter");
    return { aud, account: this.vault.account, challenge, iat: 0 };
  }

  /** @param choose what the owner lets go on, of what the challenge says is asked; the sign refuses the others */
  async checkIn(key: SigningKey = this.vault.device, choose: (pending: Pending) => Pending = () => []): Promise<void> {
    const { aud, challenge, head, pending } = await this.#challenge("checkin");
    const leaves = choose(pending).map(({ request }) => request);
    const body: StatementBody<"checkin"> = {
      aud,
      account: this.vault.account,
      deviceKey: encodeBase64url(key.publicKey),
      challenge,
      nonce: randomHash(),
      seenHead: head,
      seenCheckpoint: "",
      answers: leaves.map((request) => ({ request, answer: "leave" })),
      blob: this.blob,
      iat: 0,
    };
    await this.#submit("checkin", await this.vault.sign("checkin", body, key), () => this.judgeKey(key), leaves);
  }

  /** E2: a key that was revoked checks in no more, unless a restore lost that. */
  judgeKey({ publicKey }: SigningKey): void {
    const { ledger } = this.world;
    const isKnown = ledger.of(this.vault.account).every(({ isGivenBack }) => isGivenBack);
    ledger.count("E2");
    if (isKnown && this.vault.revoked.has(encodeBase64url(publicKey)))
      throw new Violation("E2", "a key that was revoked checked in");
  }

  /** Sends again what got no answer. Returns once its fate is known; throws Unavailable while it is not. */
  async settle(): Promise<void> {
    const waiting = this.#underWay;
    if (waiting === null) return;
    try {
      await this.#send(waiting);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.#forget();
    }
  }

  async #challenge(purpose: "control" | "stricter" | "checkin"): Promise<StatementBody<"challenge">> {
    await this.#chain?.read();
    const { challenge } = await this.world.askServer("challenge", { account: this.vault.account, purpose });
    const body = this.pin.open("challenge", challenge);
    this.world.ledger.showRequests(this.vault.account, body.pending);
    return body;
  }

  async #submit(
    kind: Submitted,
    jws: string,
    hear: Accepted,
    leaves: readonly string[] = [],
    manifest?: ManifestBody,
  ): Promise<string> {
    this.#underWay = { kind, jws, sent: this.world.ledger.now(), hear, leaves, manifest };
    for (const facts of this.world.ledger.of(this.vault.account)) facts.isUncertain = true;
    try {
      await this.#send(this.#underWay);
    } catch (error) {
      if (!(error instanceof Unavailable && error.mayHaveCounted)) this.#forget();
      throw error;
    }
    return statementIdOf(jws);
  }

  async #send({ kind, jws, sent: began, hear, leaves, manifest }: UnderWay): Promise<void> {
    const { account } = this.vault;
    const { receipt } = await this.world.askServer("submit", { account, kind, statement: jws, manifest });
    const body = this.pin.open("receipt", receipt);
    const sent = this.cameAt(jws) ?? began;
    this.#forget();
    const { ledger } = this.world;
    if (kind !== "checkin") this.vault.accepted.push({ statement: jws, receipt });
    if (isControl(kind)) this.#chain?.goOn(jws);
    this.world.note(`${this.vault.name} ${kind} accepted, ${body.rows.map(({ state }) => state).join()}`);
    ledger.hearSigned(this.vault.account, sent, { leaves, unheard: body.unheard });
    hear(body.statement, sent, body);
    ledger.receipt(body, sent);
  }

  #forget(): void {
    this.#underWay = null;
    for (const facts of this.world.ledger.of(this.vault.account)) facts.isUncertain = false;
  }
}

const isControl = (kind: Submitted): kind is Control => ["key", "pin", "policy", "manifest", "delegate"].includes(kind);
const scopeOf = (b: string) => (b === "" ? ("account" as const) : ("bequest" as const));
const zeroHash = encodeBase64url(new Uint8Array(32));
