import type { StatementBody } from "@afterkeep/statements";
import type { Vault } from "./vault.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import type { ShownSwitch } from "./shown-switch.ts";

const asClock = { caller: "clock", requestId: "simulated" } as const;
const page = 500;

/** What a clock zone acts on, of a switch as the keyholder shows it: to compare two of them. */
export function actedOn({
  state,
  policyHash,
  lastSign,
  remindersDue,
  release,
  slots,
  requests,
  cooling,
}: ShownSwitch): string {
  const stages = slots.map(({ r, stage }) => [r, stage]);
  const open = requests.flatMap(({ request, stage }) => (stage === "open" ? [request] : []));
  const cools = cooling.map(({ policyHash: coming }) => coming);
  return JSON.stringify({ state, policyHash, lastSign, remindersDue, release, stages, open, cools });
}

/** Reads the keyholder's feed beside every clock zone, whatever becomes of that, and shows the ledger each switch in it. */
export class Watcher {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #vaults: ReadonlyMap<string, Vault>;
  readonly #shown = new Map<string, ShownSwitch>();
  /** Names of switches that await a reminder. */
  readonly awaiting = new Set<string>();
  #cursor = 0;
  onGranted: (shown: ShownSwitch) => void = () => {};
  onShown: (shown: ShownSwitch, release: StatementBody<"release"> | null) => void = () => {};

  constructor(world: World, pin: KeyholderPin, vaults: ReadonlyMap<string, Vault>) {
    this.#world = world;
    this.#pin = pin;
    this.#vaults = vaults;
  }

  /** As it was shown last. */
  shown(name: string): ShownSwitch | undefined {
    return this.#shown.get(name);
  }

  /** @returns how many changed */
  async read(): Promise<number> {
    // Why looked at from outside first: it asks after everything that happens, and mostly nothing is new.
    if (this.#world.process.eyes.time().revision <= this.#cursor) return 0;
    // Why not over the network: the ledger must see a decision when it is made, also while the clock zone cannot.
    const { handlers } = this.#world.process.running;
    const { items, cursor } = await handlers.switches({ after: this.#cursor, limit: page }, asClock);
    this.#cursor = cursor;
    for (const shown of items) this.#show(shown);
    return items.length;
  }

  /** What the keyholder derives now. */
  async describe({ account }: { readonly account: string }) {
    return (await this.#world.process.running.handlers.switches({ account }, asClock)).items;
  }

  #show(shown: ShownSwitch): void {
    const key = `${shown.account}/${shown.b}`;
    this.#shown.set(key, shown);
    if (shown.remindersDue.length > 0) this.awaiting.add(key);
    else this.awaiting.delete(key);
    const { ledger } = this.#world;
    this.#world.note(`${this.#vaults.get(shown.account)?.name} is ${shown.state}`);
    const facts = ledger.find(shown.account, shown.b);
    if (facts === null) return;
    const stages = new Map(shown.slots.map(({ r, stage }) => [r, stage]));
    ledger.judge("onShown", { facts, ...shown, stages, now: ledger.now(), isFresh: true });
    ledger.noteBound(facts, shown.policyHash);
    ledger.noteState(facts, shown.state);
    const open = shown.requests.filter(({ stage }) => stage === "open");
    ledger.noteOpen(facts, open, shown.release !== "");
    const release = shown.release === "" ? null : this.#pin.open("release", shown.release);
    if (release !== null) ledger.decide(facts, release);
    const isDecided = release !== null && this.#world.process.eyes.hasDecision(release.decisionId);
    for (const [r, stage] of stages) if (stage === "granted") ledger.judge("onTold", { facts, r, release, isDecided });
    ledger.judgeQuietOf(facts);
    this.onShown(shown, release);
    if (shown.slots.some(({ stage }) => stage === "granted")) this.onGranted(shown);
  }

  /** Whether what this shows of a vault may be older than what the keyholder derives now. */
  isBehind(): boolean {
    const { revision, attended } = this.#world.process.eyes.time();
    return revision > this.#cursor || this.#world.process.eyes.wake() <= attended;
  }

  /** Lets the ledger compare what the feed told of a vault with what the keyholder derives now, unless news is on its way. */
  async compare({ account }: Vault): Promise<void> {
    if (this.isBehind()) return;
    for (const derived of await this.describe({ account })) {
      const mirrored = this.#shown.get(`${account}/${derived.b}`);
      // Why not frozen ones: a clock in doubt is no news, nor is its end; the product's clock zone looks again within the hour.
      if (mirrored === undefined || [mirrored.state, derived.state].includes("frozen")) continue;
      this.#world.ledger.judge("onMirrored", { mirrored: actedOn(mirrored), derived: actedOn(derived) });
    }
  }

  /**
   * Everything is read from the beginning, as the clock zone does in a new epoch. Why the world says when: a keyholder whose mark was
   * deleted may give two restores the same epoch.
   */
  forgetCursor(): void {
    this.#cursor = 0;
  }
}
