import { type Clock, InputError } from "@afterkeep/platform";
import { TooManyCallsError } from "../context/rate-limiter.ts";

/** Parts of one account that are received at once. More do not make a line faster, but each holds a file, a socket and space. */
const perAccount = 8;
const retryAfterMs = 2000;
/** A line that carries less than this is no line: at that rate a part would take two hours, and hold its place all the time. */
const floor = { bytes: 65_536, everyMs: 60_000 };

/** A part that is being received. */
export type PartInFlight = {
  /** Aborts with InputError `upload-broken` when too little arrives. */
  signal: AbortSignal;
  /** Notes bytes that arrived. */
  note(bytes: number): void;
  end(): void;
};

/** What is being received now, in memory. */
export type PartsInFlight = {
  /** Throws TooManyCallsError `too-many-parts` when the account has as many on the way as it may. */
  begin(tenant: string, length: number): PartInFlight;
  /** Bytes that the disk must still have place for: what is on its way and not known to be written. */
  reserved(): number;
  /** Cuts what came too slowly in the last minute. To be called several times a minute. */
  cutSlow(): void;
};

type Entry = { tenant: string; length: number; abort: AbortController; sinceMs: number; bytes: number };

export function createPartsInFlight(clock: Clock): PartsInFlight {
  const entries = new Set<Entry>();
  return {
    begin: (tenant, length) => {
      if ([...entries].filter((entry) => entry.tenant === tenant).length >= perAccount) throw tooManyParts();
      const entry = { tenant, length, abort: new AbortController(), sinceMs: clock.monotonicMs(), bytes: 0 };
      entries.add(entry);
      return {
        signal: entry.abort.signal,
        note: (bytes) => void (entry.bytes += bytes),
        end: () => void entries.delete(entry),
      };
    },
    reserved: () => [...entries].reduce((sum, { length }) => sum + length, 0),
    cutSlow: () => {
      for (const entry of entries) judge(entry, clock.monotonicMs());
    },
  };
}

function judge(entry: Entry, now: number): void {
  if (now - entry.sinceMs < floor.everyMs) return;
  if (entry.bytes < floor.bytes) entry.abort.abort(tooSlow());
  Object.assign(entry, { sinceMs: now, bytes: 0 });
}

function tooManyParts(): TooManyCallsError {
  return new TooManyCallsError("too-many-parts", retryAfterMs, `${perAccount} parts of this account are on their way.`);
}

function tooSlow(): InputError {
  return new InputError("upload-broken", "The upload came too slowly to go on.", { next: "Send this part again." });
}
