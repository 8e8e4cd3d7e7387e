import { type AccountView, extendChain } from "@afterkeep/statements";
import { listStatements } from "../store/statements.ts";
import type { Store } from "../store/store.ts";

const maxRemembered = 1_000;

/**
 * What each owner's statements add up to: keys, devices, pins, policies. Folded from the store when first needed, then kept;
 * only what was committed is ever remembered.
 */
export class Chains {
  readonly #store: Store;
  readonly #keyholder: string;
  readonly #views = new Map<string, AccountView>();

  /** @param keyholder the thumb that every statement must name as its audience */
  constructor(store: Store, keyholder: string) {
    this.#store = store;
    this.#keyholder = keyholder;
  }

  /** Null for an account without an accepted genesis. */
  find(account: string): AccountView | null {
    const view = this.#views.get(account) ?? this.#fold(account);
    if (view !== null) this.remember(view);
    return view;
  }

  /** The view after one more untrusted statement. Throws StatementError unless its signature and every rule of the fold hold. */
  extend(view: AccountView | null, account: string, jws: string): AccountView {
    return extendChain(view, jws, { account, keyholder: this.#keyholder });
  }

  remember(view: AccountView): void {
    this.#views.delete(view.account);
    this.#views.set(view.account, view);
    const oldest = this.#views.keys().next().value;
    if (this.#views.size > maxRemembered && oldest !== undefined) this.#views.delete(oldest);
  }

  forget(account: string): void {
    this.#views.delete(account);
  }

  #fold(account: string): AccountView | null {
    return this.#store
      .readRecord(account, () => listStatements(this.#store, account))
      .reduce<AccountView | null>((view, jws) => this.extend(view, account, jws), null);
  }
}
