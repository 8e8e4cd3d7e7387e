/** What one source answered: its time (ms), that its certificate does not hold by our clock, or nothing. */
export type TimeAnswer = number | "certificate-out-of-date" | null;
export type AskTime = (url: string) => Promise<TimeAnswer>;

/** What the sources say of a wall clock. */
export type OutsideVerdict = "agrees" | "differs" | "silent";
type Reading = { readonly wallMs: number; readonly monotonicMs: number };
type Heard = { readonly answers: readonly Exclude<TimeAnswer, null>[]; readonly monotonicMs: number };

/** How far a source may be from a clock that it confirms. */
const toleranceMs = 120_000;
const askEveryMs = 4 * 60_000;
/** For how long an answer is carried on by the monotonic clock. */
const carriedMs = 5 * 60_000;

/**
 * Asks the configured sources what time it is, while the wall clock is in doubt and never else. More than half of those that answer must agree, so that one
 * that is wrong or bought decides nothing where there are three.
 */
export class OutsideClock {
  readonly #urls: readonly string[];
  readonly #ask: AskTime;
  #heard: Heard | null = null;
  #askedAtMs: number | null = null;

  constructor(urls: readonly string[], ask: AskTime) {
    this.#urls = urls;
    this.#ask = ask;
  }

  /** Asks all of them, at most every four minutes. Never throws: a source that fails is silent. */
  async look(monotonicMs: () => number): Promise<void> {
    const begunMs = monotonicMs();
    if (this.#askedAtMs !== null && begunMs - this.#askedAtMs < askEveryMs) return;
    this.#askedAtMs = begunMs;
    const answers = await Promise.all(this.#urls.map((url) => this.#ask(url).catch(() => null)));
    this.#heard = { answers: answers.filter((answer) => answer !== null), monotonicMs: monotonicMs() };
  }

  judge({ wallMs, monotonicMs }: Reading): OutsideVerdict {
    if (this.#heard === null || monotonicMs - this.#heard.monotonicMs > carriedMs) return "silent";
    const { answers, monotonicMs: heardAtMs } = this.#heard;
    if (answers.length === 0) return "silent";
    const agreeing = answers
      .filter((answer) => typeof answer === "number")
      .filter((ms) => Math.abs(ms + monotonicMs - heardAtMs - wallMs) <= toleranceMs);
    return agreeing.length * 2 > answers.length ? "agrees" : "differs";
  }
}

/**
 * Reads the `Date` of any answer, of an error too, and adds the age that a cache owns up to. Follows nothing and sends nothing. A certificate that
 * is out of date by our clock says that this clock is wrong, or the source: no confirmation in either case. Throws where nothing came.
 */
export function askTimeOver(timeoutMs = 5_000): AskTime {
  return async (url) => {
    try {
      const headers = { "cache-control": "no-cache" };
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { method: "HEAD", redirect: "manual", headers, signal });
      const ageMs = Number(response.headers.get("age") ?? 0) * 1000;
      const ms = Date.parse(response.headers.get("date") ?? "") + ageMs;
      return Number.isFinite(ms) ? ms : null;
    } catch (error) {
      if (isCertificateOutOfDate(error)) return "certificate-out-of-date";
      throw error;
    }
  };
}

/** By the codes that OpenSSL gives and Node passes on as the cause of a failed fetch. */
export function isCertificateOutOfDate(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  return code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID";
}
