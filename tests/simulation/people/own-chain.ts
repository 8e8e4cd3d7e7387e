import { thumb } from "@afterkeep/crypto";
import {
  type AccountView,
  type ChainTrust,
  extendChain,
  type Head,
  relateHead,
  StatementError,
  verifyChain,
} from "@afterkeep/statements";
import type { ApiZone } from "../api-zone/api-zone.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import type { Vault } from "./vault.ts";

type Known = { readonly view: AccountView; readonly last: string };

/** What an owner's client knows of its own chain, and reads of it from the api before it signs anything: as client/sdk does. */
export class OwnChain {
  readonly #api: ApiZone;
  readonly #account: string;
  readonly #trust: ChainTrust;
  #known: Known | null = null;
  /** The newest that it ever saw. */
  #head: Head | null = null;

  constructor(api: ApiZone, pin: KeyholderPin, { account, ownerKey }: Vault) {
    this.#api = api;
    this.#account = account;
    this.#trust = { account, keyholder: thumb(pin.publicKey), trustedOwnerThumb: thumb(ownerKey.publicKey) };
  }

  /** @returns the head; null before the first statement. Throws StatementError for a chain that is broken, or older than it was. */
  async read(): Promise<Head | null> {
    try {
      return await this.#readAndJudge();
    } catch (error) {
      if (error instanceof StatementError) this.#api.book.judgeRefusedChain(error.message);
      throw error;
    }
  }

  async #readAndJudge(): Promise<Head | null> {
    const known = (await this.#readOn()) ?? (await this.#readWhole());
    const head = this.#head;
    if (head !== null && known?.view.ids[head.seq] !== head.id) throw new StatementError("head-behind");
    this.#known = known;
    if (known !== null) this.#head = known.view.head;
    this.#api.book.judgeChain();
    return known?.view.head ?? null;
  }

  /** Throws unless a change may be signed on what the keyholder knows. */
  require(head: Head): void {
    const relation = this.#known === null ? "same" : relateHead(this.#known.view, head);
    if (relation === "older") throw new StatementError("head-behind");
    if (relation === "fork") throw new StatementError("chain-conflict");
  }

  /** Something of its own was accepted. */
  goOn(jws: string): void {
    try {
      const { head } = extendChain(this.#known?.view ?? null, jws, this.#trust);
      if (this.#head === null || head.seq > this.#head.seq) this.#head = head;
    } catch (error) {
      // Why not an error: an answer that came late is of a chain that may have gone on since.
      if (!(error instanceof StatementError)) throw error;
    }
  }

  async #readOn(): Promise<Known | null> {
    if (this.#known === null) return null;
    const { view, last } = this.#known;
    const [first, ...more] = await this.#fetch(view.ids.length - 2);
    if (first !== last) return null;
    try {
      return {
        view: more.reduce((before, jws) => extendChain(before, jws, this.#trust), view),
        last: more.at(-1) ?? last,
      };
    } catch (error) {
      if (error instanceof StatementError) return null;
      throw error;
    }
  }

  async #readWhole(): Promise<Known | null> {
    const statements = await this.#fetch(-1);
    const last = statements.at(-1);
    return last === undefined ? null : { view: verifyChain(statements, this.#trust), last };
  }

  async #fetch(from: number): Promise<string[]> {
    const read: string[] = [];
    for (let isMore = true; isMore;) {
      const page = await this.#api.call("listStatements", { account: this.#account, after: from + read.length });
      read.push(...page.statements);
      isMore = page.more && page.statements.length > 0;
    }
    return read;
  }
}
