import { ladderOf, type Terms } from "./terms.ts";

/** Something an owner signed, by the monotonic clock of whoever saw it. */
export type Signed = {
  readonly sentAt: number;
  /** When its receipt was here; null where no answer came: it may count or not. */
  readonly receiptAt: number | null;
};

export type Left = { readonly message: string; readonly documents: ReadonlyMap<string, string> };

/** What this side knows of one bequest: what was signed, seen and fetched. */
export class BequestFacts {
  readonly b: string;
  readonly owner: string;
  readonly terms: Terms;
  readonly left: Left;
  /** When the last sign was sent, by this machine's wall clock: a mail of before is of another silence. */
  signedAtMs = Date.now();
  /** Of the whole account, and the pauses of this bequest alone. */
  readonly signs: Signed[] = [];
  /** True product time before which a receipt said that nothing happens. */
  notBefore = 0;
  /** A pause that was receipted: how long, and when it was sent. */
  paused: { readonly sentAt: number; readonly forMs: number } | null = null;
  disarmedAt: number | null = null;
  /** Decisions by id, with the moment at which the first sign of each was seen. */
  readonly decisions = new Map<string, number>();
  /** A decision was seen in the owner's own list, since when. */
  decidedSince: number | null = null;
  /** Decisions whose share left. */
  readonly fetched = new Set<string>();
  isClosed = false;

  constructor(facts: { b: string; owner: string; terms: Terms; left: Left }) {
    this.b = facts.b;
    this.owner = facts.owner;
    this.terms = facts.terms;
    this.left = facts.left;
  }

  /** When the last sign that surely counts was sent, by what had arrived at a moment. */
  lastSureSign(before: number): number | null {
    const sure = this.signs.filter(({ receiptAt }) => receiptAt !== null && receiptAt < before);
    return sure.length === 0 ? null : Math.max(...sure.map(({ sentAt }) => sentAt));
  }

  /** When the newest sign that may count was under way at the latest. */
  lastMaybeSign(): number {
    return Math.max(0, ...this.signs.map(({ sentAt, receiptAt }) => receiptAt ?? sentAt));
  }

  ladderMs(): number {
    return ladderOf(this.terms);
  }
}
