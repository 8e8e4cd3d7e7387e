import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBase64url, type Id } from "@afterkeep/bytes";
import { type AgeIdentity, parseIdentity, recipientOf } from "@afterkeep/formats";
import { dayMs, hourMs, type SwitchTimes } from "@afterkeep/sdk";
import { zeroHash, zeroId } from "@afterkeep/statements";
import type { Pool } from "pg";
import { type Product, startProduct } from "../../../scripts/stage/product.ts";
import { rememberedBy } from "./a-device.ts";
import { aHostileApi, answersOf, type HostileApi, jsonOf } from "./a-hostile-api.ts";
import { aFile, aNote, anOwner, armed, aVerified, farAway, type Owner, type Recipient } from "./a-household.ts";
import { filesBelow } from "../search/files-below.ts";
import { freshId, randomHash } from "./an-attackers-account.ts";
import { type Door, Loot } from "./loot.ts";
import { type Attempt, attempt, dumpDatabase, type KeyholderClient, keyholderAs, superuserOf } from "./the-operator.ts";

/** Three seconds are a day; after about fifty of silence the first bequest is due. */
const factor = 28_800;
const soon: SwitchTimes = {
  interval: 14 * dayMs,
  reminders: [7 * dayMs, 10 * dayMs],
  grace: 2 * dayMs,
  lastCall: 12 * hourMs,
};
export const secretNote = "The blue key opens the cellar.\n";

export type Place = { readonly account: Id; readonly b: Id; readonly r: Id };
export type DepositRequest = { b: Id; g: number; r: Id; sealed: string; outer: string; path: string };

/** An honest household, and attackers who have PostgreSQL, the api's and the clock's identities, and have read every byte on the wire. */
export class Siege {
  readonly product: Product;
  readonly pool: Pool;
  readonly api: KeyholderClient;
  readonly clock: KeyholderClient;
  readonly clara: Owner;
  readonly ada: Recipient;
  readonly ben: Recipient;
  /** Due after a silence. */
  readonly adas: Place;
  /** Never due here. */
  readonly bens: Place;
  readonly #spy: HostileApi;
  /** All that the attackers were told by anybody, as they were told it. */
  readonly #said: string[] = [];

  constructor(parts: Parts) {
    this.product = parts.product;
    this.pool = parts.pool;
    this.api = parts.api;
    this.clock = parts.clock;
    this.#spy = parts.spy;
    this.clara = parts.clara;
    this.ada = parts.ada;
    this.ben = parts.ben;
    this.adas = { account: parts.clara.account, b: parts.forAda, r: parts.ada.r };
    this.bens = { account: parts.clara.account, b: parts.forBen, r: parts.ben.r };
  }

  /** What an attempt came to; the attackers remember it. */
  async heard(call: Promise<unknown>): Promise<Attempt> {
    const outcome = await attempt(call);
    this.#said.push(JSON.stringify(outcome));
    return outcome;
  }

  /** Every way to ask for a grant, by every zone that was taken over. Answers what was given. */
  async askForGrants(places: readonly Place[], zones = [this.api, this.clock]): Promise<Attempt[]> {
    const attempts: Attempt[] = [];
    for (const zone of zones) {
      for (const place of places) {
        attempts.push(await this.heard(zone.prove(place)));
        for (const decisionId of [freshId(), zeroId, place.b])
          for (const nonce of [randomHash(), zeroHash])
            attempts.push(await this.heard(zone.grant({ ...place, decisionId, nonce })));
      }
    }
    return attempts.filter(({ ok }) => ok);
  }

  /** Asks the real api, in the recipient's own session, everything that a recipient may ask of a release. Answers what was given. */
  async askAsRecipient(who: Recipient, b: string): Promise<string[]> {
    const token = (await rememberedBy(who)).secrets.recipientSession?.token ?? "";
    const { rows } = await this.pool.query<{ doc: string; ver: string }>("select doc, ver from document");
    const release = `/v1/recipient/releases/${b}`;
    const wishes: [string, string, object?][] = [
      ["POST", `${release}/prove`],
      ["POST", `${release}/grant`, { decisionId: freshId(), nonce: randomHash() }],
      ["GET", release],
      ...rows.map(({ doc, ver }): [string, string] => ["GET", `${release}/documents/${doc}/${ver}`]),
    ];
    const given: string[] = [];
    for (const [method, path, body] of wishes) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "x-afterkeep": "1" };
      const response = await fetch(this.product.url + path, {
        method,
        ...sent,
        ...(method === "GET" ? { headers: { authorization: headers.authorization } } : { headers }),
      });
      this.#said.push(await response.text());
      if (response.ok) given.push(`${method} ${path}`);
    }
    return given;
  }

  async switchOf(b: string) {
    const { items } = await this.api.switches({ account: this.clara.account });
    const found = items.find((item) => item.b === b);
    if (found === undefined) throw new Error("the keyholder does not know this bequest");
    return found;
  }

  /** The bequests that the keyholder's own record has gone on with. */
  async decided(): Promise<string[]> {
    const items = await Promise.all([this.switchOf(this.adas.b), this.switchOf(this.bens.b)]);
    const isQuiet = (item: (typeof items)[number]) =>
      ["armed", "reminding", "grace", "lastCall"].includes(item.state) &&
      item.release === "" &&
      item.slots.length === 1 &&
      item.slots.every(({ stage }) => stage === "waiting");
    return items.filter((item) => !isQuiet(item)).map(({ b, state }) => `${b} is ${state}`);
  }

  deposits(): DepositRequest[] {
    return this.#spy.seen.filter(({ route }) => route === "deposit").map(({ sent }) => jsonOf<DepositRequest>(sent));
  }

  /** Clara's control chain, as the api has it. */
  chain(): string[] {
    return answersOf<{ statements: string[] }>(this.#spy, "listStatements").at(-1)?.statements ?? [];
  }

  async identityOf(who: Recipient): Promise<AgeIdentity> {
    const { secrets } = await rememberedBy(who);
    return parseIdentity(secrets.recipientIdentities[`${this.clara.account}/${who.r}`] ?? "");
  }

  async doors(): Promise<Door[]> {
    const ownerThumb = decodeBase64url((await rememberedBy(this.clara)).profile.ownerThumb);
    return Promise.all(
      this.deposits().map(async ({ b, g, r, outer, path }) => {
        const ageKey = await recipientOf(await this.identityOf(r === this.ada.r ? this.ada : this.ben));
        const sealed = { outer: decodeBase64url(outer), path: decodeBase64url(path) };
        return { account: this.clara.account, b, g, r, ageKey, ownerThumb, ...sealed };
      }),
    );
  }

  /** Everything outside the keyholder's folder: the wire, the database, objects, logs, mails, other zones, and what was answered. */
  async collectLoot(): Promise<Loot> {
    const loot = new Loot();
    for (const { sent, answer } of this.#spy.seen) for (const bytes of [sent, answer]) loot.add(bytes.toString("utf8"));
    for (const rows of (await dumpDatabase(this.pool)).values()) loot.add(rows);
    for (const place of ["objects", "logs", "mailbox", "api", "clock", "kms", "auditor", "secrets"])
      await addFolder(loot, join(this.product.data, place));
    for (const answer of this.#said) loot.add(answer);
    return loot;
  }
}

async function addFolder(loot: Loot, path: string): Promise<void> {
  for await (const { bytes } of filesBelow(path)) {
    loot.add(new Uint8Array(bytes));
    if (bytes.length < 1_000_000) loot.add(bytes.toString("latin1"));
  }
}

type Parts = Pick<Siege, "product" | "pool" | "api" | "clock" | "clara" | "ada" | "ben"> & {
  readonly spy: HostileApi;
  readonly forAda: Id;
  readonly forBen: Id;
};

/** Starts the real product, lets people live in it, and opens the attackers' ways in. `closing` gets what is to be closed, last first. */
export async function beginSiege(closing: (() => Promise<unknown>)[]): Promise<Siege> {
  const folder = await mkdtemp(join(tmpdir(), "ak-siege-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const product = await startProduct({ data: join(folder, "data"), mode: "demo", factor });
  closing.push(product.stop);
  const spy = await aHostileApi(product.url);
  closing.push(spy.close);
  const household = await settle({ product, serverUrl: spy.url, folder });
  const pool = await superuserOf(product.data);
  const [api, clock] = [await keyholderAs("api", product.data), await keyholderAs("clock", product.data)];
  closing.push(() => pool.end(), api.close, clock.close);
  return new Siege({ product, pool, api, clock, spy, ...household });
}

async function settle(place: Parameters<typeof anOwner>[0]) {
  const clara = await anOwner(place, "Clara");
  const sealed = await clara.device().seal([aFile("will.pdf", randomBytes(1_200_000)), aNote("keys", secretNote)]);
  const [ada, ben] = [await aVerified(place, clara, "Ada"), await aVerified(place, clara, "Ben")];
  const documents = sealed.map(({ doc }) => doc);
  const forAda = await armed(clara, { to: ada, documents, message: "For Ada.\n", times: soon });
  const forBen = await armed(clara, { to: ben, documents, message: "For Ben.\n", times: farAway });
  return { clara, ada, ben, forAda, forBen };
}
