import * as api from "@afterkeep/api/testing";
import { AfterkeepError } from "@afterkeep/platform";
import { Random } from "../chance/random.ts";
import { ApiBook } from "../ledger/api-book.ts";
import type { BequestFacts } from "../ledger/facts.ts";
import type { KeyholderPin } from "../people/keyholder-pin.ts";
import type { Vault } from "../people/vault.ts";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import type { ServerCalls, ServerName } from "../world/server-calls.ts";
import { dayMs, hourMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import { ApiProcess, type ApiStrike } from "./api-process.ts";
import type { ApiSite } from "./api-site.ts";

const noHash = Buffer.alloc(32);
/** A call that may be made twice at the same time, as a hasty client or a proxy does. */
const repeatable: ReadonlySet<string> = new Set(["challenge", "submit", "submitToken", "listStatements", "getStatus"]);

/** The product's api in a world: its database, its process, what clients ask of it, and what it does by itself. */
export class ApiZone {
  readonly site: ApiSite;
  readonly book: ApiBook;
  process: ApiProcess | null = null;
  onStruck: (process: ApiProcess, strike: ApiStrike) => void = () => {};
  #isTurnPlanned = false;

  constructor(world: World, pin: KeyholderPin, seed: string) {
    const database = new api.MemoryDatabase();
    this.book = new ApiBook(world, pin, database);
    this.site = {
      ...{ world, database, book: this.book, random: new Random(`${seed}/api zone/life`), copies: [] },
      ...{ isDatabaseUp: true, isKeyholderInReach: true, trouble: 0, failsOverIn: 0, troubles: 0 },
    };
    this.book.onNeed = () => this.#planTurn();
    this.start();
    this.#planRareTurn();
  }

  /** An account with its bequests, as sign-up wrote it. */
  add(vault: Vault): void {
    const { account: tenant } = vault;
    const { account, bequest } = this.site.database.tables;
    const [nothing, none] = [Buffer.alloc(0), 0];
    account.put(tenant, {
      ...{ id: tenant, dek: "wrapped", email: nothing, email_index: nothing, email_verified: true, name: nothing },
      ...{ opaque_record: "", totp_secret: nothing, totp_last_step: none, totp_failures: none, locked_until: none },
      ...{ keyring_version: none, keyring: nothing, created_at: none },
    });
    for (const { b } of vault.bequests)
      bequest.put(api.keyOf.bequest(tenant, b), { tenant, b, label: nothing, label_rev: none, created_at: none });
    this.book.add(vault);
  }

  start(): void {
    const process = new ApiProcess(this.site);
    process.onStruck = (strike) => this.onStruck(process, strike);
    this.process = process;
    this.#planTurn();
  }

  end(process: ApiProcess): void {
    process.die();
    if (this.process === process) this.process = null;
  }

  /** What a client asks of the server, and what comes of it. Throws Unavailable where there is no answer. */
  async call<Name extends ServerName>(
    name: Name,
    request: ServerCalls[Name]["request"],
  ): Promise<ServerCalls[Name]["answer"]> {
    const { process } = this;
    if (process === null) throw new Unavailable("the api is down", false);
    if (process.isPaused) throw new Unavailable("the api stands still", true);
    const { world, random, trouble } = this.site;
    const operation = operations[name] as (
      process: ApiProcess,
      request: ServerCalls[Name]["request"],
    ) => Promise<ServerCalls[Name]["answer"]>;
    const once = async () => process.run(async () => operation(process, request));
    const isTwice = trouble > 0 && repeatable.has(name) && random.chance(trouble * 4);
    if (isTwice) world.fault("api asked twice");
    const before = this.book.wentBack;
    try {
      const [answer] = await Promise.all([once(), ...(isTwice ? [once().catch(() => {})] : [])]);
      this.book.judgeAnswer(name, request, answer, before);
      // Why then: what is lost just before its owner signs more is what leaves a hole.
      if (trouble > 0 && name === "submit" && random.chance(trouble * 5)) this.site.failsOverIn = random.between(1, 30);
      if (trouble > 0 && random.chance(trouble * 2)) {
        world.fault("api's answer lost");
        throw new Unavailable("the answer was lost", true);
      }
      return answer;
    } catch (error) {
      throw this.#asClientSees(process, error);
    } finally {
      this.#requireNoSurprise(process);
      world.reap();
    }
  }

  #asClientSees(process: ApiProcess, error: unknown): unknown {
    if (error instanceof Unavailable) return error;
    if (error instanceof AfterkeepError && error.code !== "zone-unavailable") return error;
    return process.isExpected(error) ? new Unavailable("no answer that says anything", true) : error;
  }

  #requireNoSurprise(process: ApiProcess): void {
    if (process.surprise === null) return;
    const cause = process.surprise;
    throw new Error(`the api met something that it does not know: ${textOf(cause)}`, { cause });
  }

  /** The api's own turn of each hour. Why not every hour of a world: where nothing was lost it finds nothing, and a world would consist of it. */
  #planTurn(wasInVain = false): void {
    if (this.#isTurnPlanned) return;
    this.#isTurnPlanned = true;
    const { world, random } = this.site;
    // Why rarer then: a keyholder or a database that is away mostly is for days.
    const ms = wasInVain ? (1 + 11 * random.part()) * hourMs : random.part() * hourMs;
    world.later(ms, "the api's turn", async () => {
      this.#isTurnPlanned = false;
      await this.turn();
    });
  }

  #planRareTurn(): void {
    const { world, random } = this.site;
    world.later(random.wait(30 * dayMs), "an hour of the api", async () => {
      this.#planRareTurn();
      await this.turn();
    });
  }

  async turn(): Promise<void> {
    const { process, site } = this;
    if (process === null) return;
    if (process.isPaused || !site.world.process.isUp) return this.#planTurn(true);
    const troubles = site.troubles;
    process.complaint = null;
    await this.#asCalmAsItIs(async () =>
      process.run(async () => {
        await api.giveBackUnasked(process.services, process.givenBack);
        await api.settleOffers(process.services);
      }),
    ).catch((error: unknown) => {
      if (!(error instanceof Unavailable) && !process.isExpected(error)) throw error;
      process.complaint ??= error;
    });
    this.#requireNoSurprise(process);
    site.world.reap();
    if (site.troubles !== troubles) return this.#planTurn(true);
    if (process.complaint !== null)
      throw new Violation("A5", `nothing was wrong, and yet: ${textOf(process.complaint)}`);
    if (site.world.process.isUp) this.book.judgeTurn();
  }

  /** Why mostly calm: of so many calls for accounts that lost something, one would always fail. */
  async #asCalmAsItIs(work: () => Promise<void>): Promise<void> {
    const { site } = this;
    const { world, trouble } = site;
    const { callTrouble } = world;
    if (site.random.chance(0.7)) [world.callTrouble, site.trouble] = [0, 0];
    try {
      await work();
    } finally {
      [world.callTrouble, site.trouble] = [callTrouble, trouble];
    }
  }

  /** The keyholder was put back to an old copy. */
  keyholderRestored(lostDisarms: readonly BequestFacts[]): void {
    this.book.keyholderRestored(lostDisarms);
    this.#planTurn();
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : "no error at all";
}

function ownerCall({ services }: ApiProcess, tenant: string): api.Call<api.OwnerActor> {
  return { ...callOf(services), actor: { kind: "owner", tenant, sessionHash: noHash, channel: "bearer" } };
}

function recipientCall({ services }: ApiProcess, tenant: string, recipient: string): api.Call<api.RecipientActor> {
  return {
    ...callOf(services),
    actor: { kind: "recipient", tenant, recipient, sessionHash: noHash, channel: "bearer" },
  };
}

function nobodysCall({ services }: ApiProcess): api.Call<api.NobodyActor> {
  return { ...callOf(services), actor: { kind: "nobody" } };
}

function callOf(services: ApiProcess["services"]) {
  return {
    services,
    requestId: "simulated",
    address: "",
    ipClass: "public" as const,
    cookies: { set: [], clear: [] },
  };
}

/** The sign-in itself is done. Why its answer is listened to: the api tells nobody, and the ledger must know what counted. */
async function attest(process: ApiProcess, { account }: ServerCalls["attest"]["request"]) {
  const { services } = process;
  let heard: ServerCalls["attest"]["answer"] = { statement: "", receipt: "" };
  const listening: typeof services.keyholder.attest = async (said) => (heard = await services.keyholder.attest(said));
  const keyholder = { ...services.keyholder, attest: listening };
  await api.attest({ ...nobodysCall(process), services: { ...services, keyholder } }, account);
  return heard;
}

type OperationOf<Name extends ServerName> = (
  process: ApiProcess,
  request: ServerCalls[Name]["request"],
) => Promise<ServerCalls[Name]["answer"]>;

/** What clients call, as the routes of the api that stand for it. */
const operations: { readonly [Name in ServerName]: OperationOf<Name> } = {
  challenge: async (process, { account, purpose }) => api.challenge(ownerCall(process, account), { body: { purpose } }),
  delegateChallenge: async (process, body) => api.delegateChallenge(nobodysCall(process), { body }),
  submit: async (process, { account, kind, statement, manifest, isDelegated }) => {
    if (isDelegated === true) return api.checkInByDelegate(nobodysCall(process), { body: { statement } });
    const call = ownerCall(process, account);
    if (kind === "checkin") return api.checkIn(call, { body: { statement } });
    if (kind !== "manifest") return api.submitStatement(call, { body: { kind, statement } });
    if (manifest === undefined) throw new Error("a manifest travels with its body");
    return api.commitManifest(call, { body: { ...manifest, statement, entries: [], metadata: [] } });
  },
  submitToken: async (process, body) => api.checkInByToken(nobodysCall(process), { body }),
  attest,
  listStatements: async (process, { account, after }) =>
    api.listStatements(ownerCall(process, account), { query: { after } }),
  getStatus: async (process, { account }) => api.getStatus(ownerCall(process, account), {}),
  prove: async (process, { account, b, r }) => api.prove(recipientCall(process, account, r), { params: { b } }),
  grant: async (process, { account, b, r, ...body }) =>
    api.grant(recipientCall(process, account, r), { params: { b }, body }),
  proveToAsk: async (process, { account, b, r }) =>
    api.proveToAsk(recipientCall(process, account, r), { params: { b } }),
  ask: async (process, { account, b, r, ...body }) =>
    api.ask(recipientCall(process, account, r), { params: { b }, body }),
};
