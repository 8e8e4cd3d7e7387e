import { encodeBase64url } from "@afterkeep/bytes";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import type { SigningKey } from "@afterkeep/crypto";
import { type StatementBody, statementIdOf } from "@afterkeep/statements";
import type { Moment } from "../ledger/facts.ts";
import { Unavailable } from "../world/ask.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { randomHash, type Vault } from "./vault.ts";

type Control = "key" | "pin" | "policy" | "manifest";
type Submitted = Control | "disarm" | "pause" | "checkin";
type ControlFields = Pick<StatementBody<"key">, "aud" | "account" | "challenge" | "seq" | "prev" | "iat">;
type UnderWay = { readonly kind: Submitted; readonly jws: string; readonly sent: Moment; readonly hear: Accepted };
/** What the ledger hears when a statement counted. */
type Accepted = (id: string, accepted: Moment) => void;

/** An owner's client: signs, submits, and sends again what got no answer, until it knows whether it counted. */
export class Client {
  readonly vault: Vault;
  readonly world: World;
  readonly pin: KeyholderPin;
  readonly #blob: string;
  #underWay: UnderWay | null = null;

  constructor(world: World, pin: KeyholderPin, vault: Vault, blob: string) {
    this.world = world;
    this.pin = pin;
    this.vault = vault;
    this.#blob = blob;
  }

  get isUncertain(): boolean {
    return this.#underWay !== null;
  }

  async genesis(): Promise<void> {
    const { ownerKey, revocationKey, device } = this.vault;
    const identity = await recipientOf(await generateIdentity("hybrid"));
    const keys = {
      epoch: 1,
      ownerKey: encodeBase64url(ownerKey.publicKey),
      revocationKey: encodeBase64url(revocationKey.publicKey),
      identity,
      keyring: randomHash(),
      devices: [{ key: encodeBase64url(device.publicKey) }],
    };
    const { aud, challenge } = await this.#challenge("control");
    const fields = { aud, challenge, account: this.vault.account, seq: 0, prev: zeroHash, iat: 0 };
    await this.#submit("key", await this.vault.sign("key", { ...fields, ...keys }, ownerKey), () => {});
  }

  async control<Kind extends "pin" | "policy" | "manifest">(
    kind: Kind,
    fill: (fields: ControlFields) => StatementBody<Kind>,
    hear: Accepted,
  ): Promise<string> {
    const { aud, challenge, head } = await this.#challenge("control");
    const fields = { aud, challenge, account: this.vault.account, seq: head.seq + 1, prev: head.id, iat: 0 };
    return this.#submit(kind, await this.vault.sign(kind, fill(fields), this.vault.ownerKey), hear);
  }

  async disarm(b: string, policyHash: string, hear: Accepted): Promise<void> {
    const { aud, challenge } = await this.#challenge("stricter");
    const { account, ownerKey } = this.vault;
    const body = { aud, account, challenge, scope: "bequest" as const, b, policyHash, iat: 0 };
    await this.#submit("disarm", await this.vault.sign("disarm", body, ownerKey), hear);
  }

  async pause(b: string, policyHash: string, forMs: number, hear: Accepted): Promise<void> {
    const { aud, challenge } = await this.#challenge("stricter");
    const { account, ownerKey } = this.vault;
    const body = { aud, account, challenge, scope: "bequest" as const, b, policyHash, iat: 0, forMs };
    await this.#submit("pause", await this.vault.sign("pause", body, ownerKey), hear);
  }

  async checkIn(key: SigningKey = this.vault.device): Promise<void> {
    const { aud, challenge, head } = await this.#challenge("checkin");
    const body: StatementBody<"checkin"> = {
      aud,
      account: this.vault.account,
      deviceKey: encodeBase64url(key.publicKey),
      challenge,
      nonce: randomHash(),
      seenHead: head,
      seenCheckpoint: "",
      answers: [],
      blob: this.#blob,
      iat: 0,
    };
    await this.#submit("checkin", await this.vault.sign("checkin", body, key), () => {});
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
    const { challenge } = await this.world.ask("api", "challenge", { account: this.vault.account, purpose });
    return this.pin.open("challenge", challenge);
  }

  async #submit(kind: Submitted, jws: string, hear: Accepted): Promise<string> {
    this.#underWay = { kind, jws, sent: this.world.ledger.now(), hear };
    for (const facts of this.world.ledger.of(this.vault.account)) facts.isUncertain = true;
    try {
      await this.#send(this.#underWay);
    } catch (error) {
      if (!(error instanceof Unavailable && error.mayHaveCounted)) this.#forget();
      throw error;
    }
    return statementIdOf(jws);
  }

  async #send({ kind, jws, sent, hear }: UnderWay): Promise<void> {
    const { receipt } = await this.world.ask("api", "submit", { kind, statement: jws });
    const body = this.pin.open("receipt", receipt);
    this.#forget();
    const { ledger } = this.world;
    if (kind !== "checkin") this.vault.accepted.push({ statement: jws, receipt });
    this.world.note(`${this.vault.name} ${kind} accepted, ${body.rows.map(({ state }) => state).join()}`);
    ledger.hearSigned(this.vault.account, sent);
    hear(body.statement, sent);
    ledger.receipt(body, sent);
  }

  #forget(): void {
    this.#underWay = null;
    for (const facts of this.world.ledger.of(this.vault.account)) facts.isUncertain = false;
  }
}

const zeroHash = encodeBase64url(new Uint8Array(32));
