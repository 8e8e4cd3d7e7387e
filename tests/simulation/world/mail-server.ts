import { DependencyError, type Mail, type Mailer } from "@afterkeep/platform";

/** `refuses` for good (550), `drops` after taking it, `down` takes nothing now. */
export type MailWeather = "fine" | "drops" | "refuses" | "down";
export type ArrivedMail = { readonly to: string; readonly text: string; readonly at: number };

/** The world's one mail server. Addresses may be dead; then only they are refused. */
export class MailServer implements Mailer {
  #weather: MailWeather = "fine";
  /** Counts the changes of the weather: what was refused is refused again until the next one. */
  spell = 0;
  readonly deadAddresses = new Set<string>();
  readonly #now: () => number;
  readonly #isSenderAlive: () => boolean;
  readonly #boxes = new Map<string, ArrivedMail[]>();
  readonly #onTaken: (mail: { to: string; text: string }) => void;
  readonly #onRefused: (mail: { to: string; text: string }) => void;

  constructor(
    now: () => number,
    isSenderAlive: () => boolean,
    told: Record<"onTaken" | "onRefused", (mail: { to: string; text: string }) => void>,
  ) {
    this.#now = now;
    this.#isSenderAlive = isSenderAlive;
    this.#onTaken = told.onTaken;
    this.#onRefused = told.onRefused;
  }

  get weather(): MailWeather {
    return this.#weather;
  }

  set weather(weather: MailWeather) {
    this.#weather = weather;
    this.spell++;
  }

  async sendMail({ to, text }: Pick<Mail, "to" | "text">): Promise<{ messageId: string; accepted: boolean }> {
    const isRefused = this.isRefusing(to);
    if (isRefused || this.weather === "down") this.#onRefused({ to, text });
    if (!this.#isSenderAlive() || this.weather === "down") throw new DependencyError("mail-unavailable", "not now");
    if (isRefused) return { messageId: "", accepted: false };
    if (this.weather !== "drops") this.boxOf(to).push({ to, text, at: this.#now() });
    this.#onTaken({ to, text });
    return { messageId: "", accepted: true };
  }

  /** For good. */
  isRefusing(address: string): boolean {
    return this.weather === "refuses" || this.deadAddresses.has(address);
  }

  /** Takes a mail of the clock zone's. @returns whether nobody will ever read it */
  take({ to, text }: Pick<Mail, "to" | "text">): boolean {
    const isLost = this.weather === "drops";
    if (!isLost) this.boxOf(to).push({ to, text, at: this.#now() });
    return isLost;
  }

  boxOf(address: string): ArrivedMail[] {
    const box = this.#boxes.get(address) ?? [];
    this.#boxes.set(address, box);
    return box;
  }

  close(): void {}
}
