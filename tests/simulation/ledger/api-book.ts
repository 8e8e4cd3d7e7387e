import { keyOf, type MemoryDatabase } from "@afterkeep/api/testing";
import { decodeBase64url } from "@afterkeep/bytes";
import { isAbove, type StatementBody, statementIdOf } from "@afterkeep/statements";
import type { KeyholderPin } from "../people/keyholder-pin.ts";
import type { Vault } from "../people/vault.ts";
import type { ServerCalls, ServerName } from "../world/server-calls.ts";
import { Unavailable } from "../world/ask.ts";
import type { World } from "../world/world.ts";
import { doubtRequests } from "./asked.ts";
import type { BequestFacts, Moment } from "./facts.ts";
import { Violation } from "./violation.ts";

type Compared = { readonly accounts: readonly { readonly account: string }[] };
type Differing = { readonly differ: readonly string[] };
type Seen = { readonly epoch: number; readonly counter: number; readonly wentBack: number };

/** What the owners' side knows of what the api promises: that it keeps what it was given a receipt for, shows it, and gives it back. */
export class ApiBook {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #database: MemoryDatabase;
  readonly #vaults = new Map<string, Vault>();
  /** The newest receipt that a client was given, of each account. */
  readonly #newest = new Map<string, Seen>();
  /** Accounts of which a restored keyholder was not given everything back yet. */
  readonly #lacking = new Set<string>();
  /** When a statement left for the keyholder, in the order of the calls that may have counted. */
  readonly #came = new Map<string, Set<Moment>>();
  readonly #places = new WeakMap<object, Place>();
  #lostDisarms: readonly BequestFacts[] = [];
  /** How often the database lost something. */
  wentBack = 0;
  /** The same at the last turn in which nothing was wrong. */
  #wholeAt = 0;
  /** Something is to be set right in the next hour. */
  onNeed: () => void = () => {};
  /** The keyholder holds everything, because it was shown that it is an older one. */
  onProof: () => void = () => {};

  constructor(world: World, pin: KeyholderPin, database: MemoryDatabase) {
    this.#world = world;
    this.#pin = pin;
    this.#database = database;
  }

  add(vault: Vault): void {
    this.#vaults.set(vault.account, vault);
  }

  databaseWentBack(): void {
    this.wentBack++;
    this.onNeed();
  }

  keyholderRestored(lostDisarms: readonly BequestFacts[]): void {
    this.#lostDisarms = lostDisarms;
    for (const account of this.#vaults.keys()) this.#lacking.add(account);
  }

  /** Whether both keep all that the other one might lose. */
  get isWhole(): boolean {
    return this.#lacking.size === 0 && [...this.#vaults.values()].every((vault) => this.#missing(vault) === null);
  }

  /** 0 while the process is down. */
  #epochNow(): number {
    const { process } = this.#world;
    return process.isUp && !process.hasCrashed ? process.eyes.time().epoch : 0;
  }

  /** The keyholder was asked something in that epoch, and may have done it. */
  #heard(name: string, request: unknown, before: number, isAnswered: boolean): void {
    if (name !== "importStatements" && name !== "showReceipt") return;
    if (before > 0 && this.#epochNow() > before) this.onProof();
    if (name === "importStatements") this.#noteImport(request as { account: string; more?: boolean }, isAnswered);
  }

  #noteImport({ account, more = false }: { account: string; more?: boolean }, isAnswered: boolean): void {
    const vault = this.#vaults.get(account);
    if (vault === undefined || !this.#lacking.has(account)) return;
    for (const { facts } of vault.bequests) doubtRequests(facts);
    // Why not while others follow: with the last of them it is obeyed.
    if (!more) this.#noteWhole(vault, isAnswered);
  }

  /** The keyholder has what it lost of an account, as far as the owners' side knows. */
  #noteWhole(vault: Vault, isAnswered: boolean): void {
    const { account } = vault;
    const known = this.#knownToKeyholder(account);
    if (known === null || vault.accepted.some((one) => !known.has(this.#placeOf(vault, one).id))) return;
    const disarmed = this.#lostDisarms.filter(
      (one) => one.account === account && one.bound !== null && !one.isArmedAgain,
    );
    // Why: where no answer came, what they are obeyed with may not have come there.
    if (!isAnswered && !disarmed.every((one) => this.#isDisarmed(one))) return;
    this.#lacking.delete(account);
    for (const { facts } of vault.bequests) facts.isGivenBack = true;
    for (const facts of disarmed) facts.disarmed ??= this.#world.ledger.now();
  }

  /** Of whom it says that nothing differs, nothing is given back. */
  #noteCompared({ accounts }: Compared, { differ }: Differing): void {
    for (const { account } of accounts) {
      const vault = this.#vaults.get(account);
      if (vault !== undefined && this.#lacking.has(account) && !differ.includes(account)) this.#noteWhole(vault, true);
    }
  }

  #isDisarmed(facts: BequestFacts): boolean {
    return this.#world.process.eyes.historyOf(facts)?.includes('"disarmed":null') === false;
  }

  #knownToKeyholder(account: string): ReadonlySet<string> | null {
    const { process } = this.#world;
    return process.isUp && !process.hasCrashed ? process.eyes.statementsOf(account) : null;
  }

  /** A3, A4: what is answered as accepted carries the keyholder's own receipt, and is kept before it is answered. */
  judgeAnswer<Name extends ServerName>(
    name: Name,
    request: ServerCalls[Name]["request"],
    answer: ServerCalls[Name]["answer"],
    before: number,
  ): void {
    if (name !== "submit" && name !== "submitToken" && name !== "attest") return;
    const { ledger } = this.#world;
    const { receipt: jws } = answer as ServerCalls["submit"]["answer"];
    // Why: of a sign-in that no bequest counted nothing is left.
    if (name === "attest" && jws === "") return;
    ledger.count("A3");
    const receipt = this.#pin.open("receipt", jws);
    const statement =
      name === "submit"
        ? statementIdOf((request as ServerCalls["submit"]["request"]).statement)
        : (answer as ServerCalls["submitToken"]["answer"]).statement;
    if (receipt.statement !== statement) throw new Violation("A3", "answered with the receipt of something else");
    this.#noteGiven(receipt, before);
    if (this.wentBack !== before) return;
    ledger.count("A4");
    const place = keyOf.statement(receipt.account, Buffer.from(decodeBase64url(statement)));
    const row = this.#database.tables.statement.get(place);
    if (row?.receipt !== jws) throw new Violation("A4", "answered before it was kept");
    if (this.#database.tables.audit_leaf.get(place) === undefined) throw new Violation("A4", "kept without its leaf");
  }

  /** The api asks the keyholder something. */
  async watch<Answer>(name: string, request: unknown, ask: () => Promise<Answer>): Promise<Answer> {
    const epoch = this.#epochNow();
    let isAnswered = false;
    try {
      const answer = name === "submit" ? await this.#comes(request, ask) : await ask();
      isAnswered = true;
      if (name === "compareWhole") this.#noteCompared(request as Compared, answer as Differing);
      return answer;
    } finally {
      this.#heard(name, request, epoch, isAnswered);
    }
  }

  /** A statement leaves for the keyholder: when it came there, its client cannot know, who may have sent it hours ago. */
  async #comes<Answer>(request: unknown, ask: () => Promise<Answer>): Promise<Answer> {
    const { statement } = request as { statement: string };
    const at = this.#world.ledger.now();
    const came = this.#came.get(statement) ?? new Set<Moment>();
    this.#came.set(statement, came.add(at));
    try {
      return await ask();
    } catch (error) {
      // Why this one alone: the same may have been sent twice at a time, and the other one have come.
      if (!(error instanceof Unavailable && error.mayHaveCounted)) came.delete(at);
      throw error;
    }
  }

  /** When it came to the keyholder; null for never. */
  cameAt(statement: string): Moment | null {
    const [first] = this.#came.get(statement) ?? [];
    return first ?? null;
  }

  /** @param wentBack how often the database had gone back when it was asked: what is given after that may be lost already */
  #noteGiven({ account, epoch, counter }: StatementBody<"receipt">, wentBack: number): void {
    const known = this.#newest.get(account);
    if (known === undefined || isAbove({ epoch, counter }, known))
      this.#newest.set(account, { epoch, counter, wentBack });
  }

  /** A2: the newest receipt that the api shows is no older than what it gave, unless its database was put back since. */
  judgeStatus(account: string, jws: string): void {
    const known = this.#newest.get(account);
    if (known === undefined || known.wentBack !== this.wentBack) return;
    this.#world.ledger.count("A2");
    if (jws === "") throw new Violation("A2", "shows no receipt where it gave one");
    const shown = this.#pin.open("receipt", jws);
    if (shown.account !== account) throw new Violation("A2", "shows somebody else's receipt");
    if (isAbove(known, shown)) throw new Violation("A2", "shows an older receipt than the newest that it gave");
  }

  judgeChain(): void {
    this.#world.ledger.count("A6");
  }

  /** A6: a client that verifies its chain refuses what the api shows of it only where the database lost something in the last hour. */
  judgeRefusedChain(why: string): void {
    this.#world.ledger.count("A6");
    if (this.wentBack === this.#wholeAt)
      throw new Violation("A6", `the api shows a chain that its owner refuses: ${why}`);
  }

  /** A1, A5: after a turn in which nothing went wrong, each of the two has what a client was given a receipt for. */
  judgeTurn(): void {
    const { ledger } = this.#world;
    this.#wholeAt = this.wentBack;
    for (const vault of this.#vaults.values()) {
      ledger.count("A1");
      const missing = this.#missing(vault);
      if (missing !== null)
        throw new Violation("A1", `the api lacks what ${vault.name} was given a receipt for: ${missing}`);
      ledger.count("A5");
      const known = this.#knownToKeyholder(vault.account);
      const lacks = vault.accepted.find((one) => !known?.has(this.#placeOf(vault, one).id));
      if (lacks !== undefined) throw new Violation("A5", `what ${vault.name} signed was not given back`);
    }
  }

  #missing(vault: Vault): string | null {
    const { statement: table } = this.#database.tables;
    for (const one of vault.accepted) {
      const { id, key } = this.#placeOf(vault, one);
      if (table.get(key) === undefined) return id;
    }
    return null;
  }

  /** Why kept: every one of them is looked for after every turn. */
  #placeOf({ account }: Vault, one: Vault["accepted"][number]): Place {
    const known = this.#places.get(one);
    if (known !== undefined) return known;
    const id = statementIdOf(one.statement);
    const place = { id, key: keyOf.statement(account, Buffer.from(decodeBase64url(id))) };
    this.#places.set(one, place);
    return place;
  }
}

/** A statement's id, and the key of its row in the api's database. */
type Place = { readonly id: string; readonly key: string };
