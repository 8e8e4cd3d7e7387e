import { type AgeIdentity, type AgeRecipient, generateIdentity, recipientOf } from "@afterkeep/formats";
import type { Clock } from "@afterkeep/platform";

/** What one share is for. All zero ids and g = 0: the owner's own contact address. */
export type DepositPlace = { readonly account: string; readonly b: string; readonly g: number; readonly r: string };
type OpenKey = { readonly place: string; readonly identity: AgeIdentity; readonly expiresMs: number };

export const depositKeyLifeMs = 24 * 60 * 60_000;
const maxPerPlace = 4;
const maxOpen = 20_000;

const placeKey = ({ account, b, g, r }: DepositPlace) => [account, b, g, r].join("/");

/** One-time hybrid keys for deposits. Private halves live in memory only: a recorded deposit cannot be opened later. */
export class DepositKeys {
  readonly #clock: Clock;
  readonly #open = new Map<AgeRecipient, OpenKey>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async issue(place: DepositPlace): Promise<AgeRecipient> {
    const identity = await generateIdentity("hybrid");
    const recipient = await recipientOf(identity);
    this.#forget();
    const same = this.#at(place);
    if (same.length >= maxPerPlace) this.destroy(same[0]?.[0]);
    if (this.#open.size >= maxOpen) this.destroy(this.#open.keys().next().value);
    this.#open.set(recipient, {
      place: placeKey(place),
      identity,
      expiresMs: this.#clock.monotonicMs() + depositKeyLifeMs,
    });
    return recipient;
  }

  /** The keys that a deposit for this place could be sealed to. */
  openFor(place: DepositPlace): { recipient: AgeRecipient; identity: AgeIdentity }[] {
    this.#forget();
    return this.#at(place).map(([recipient, { identity }]) => ({ recipient, identity }));
  }

  destroy(recipient: AgeRecipient | undefined): void {
    if (recipient !== undefined) this.#open.delete(recipient);
  }

  #at(place: DepositPlace): [AgeRecipient, OpenKey][] {
    return [...this.#open].filter(([, open]) => open.place === placeKey(place));
  }

  #forget(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [recipient, { expiresMs }] of this.#open) if (expiresMs <= nowMs) this.#open.delete(recipient);
  }
}
