import { InvariantError } from "@afterkeep/platform";
import { drawEntropyFrom } from "../chance/own-entropy.ts";
import { Random, seedWords } from "../chance/random.ts";
import { Ledger } from "../ledger/ledger.ts";
import { Agenda } from "./agenda.ts";
import { type Handlers, Unavailable } from "./ask.ts";
import { KeyholderProcess } from "./keyholder-process.ts";
import { MailServer } from "./mail-server.ts";
import { Passing } from "./passing.ts";
import type { ServerCalls, ServerName } from "./server-calls.ts";
import { hourMs, onGrid, startWallMs } from "./time.ts";
import { Trace } from "./trace.ts";

export type WorldSettings = { readonly seed: string; readonly isTicked: boolean };

/** Those who may freeze everything. */
type Freezing = {
  readonly publicKeys: readonly string[];
  /** Whether the keyholder says now that everything is frozen. */
  isFrozen(): Promise<boolean>;
};

/** Calls that may come when nobody waits for them any more. A statement may not: its client would not know when it counted. */
const mayBeLate: ReadonlySet<string> = new Set([
  "reminderAccepted",
  "mintToken",
  "prove",
  "grant",
  "proveToAsk",
  "ask",
  "depositKey",
]);

/** What stands for the api's routes. */
type Server = {
  call<Name extends ServerName>(
    name: Name,
    request: ServerCalls[Name]["request"],
  ): Promise<ServerCalls[Name]["answer"]>;
};

/** One keyholder, its people, its network and its bad luck, all drawn from one seed. */
export class World {
  readonly random: Random;
  readonly agenda = new Agenda();
  readonly trace = new Trace();
  readonly ledger = new Ledger();
  readonly mail: MailServer;
  readonly process: KeyholderProcess;
  readonly passing: Passing;
  readonly faults: Record<string, number> = {};
  now = 0;
  /** Wall minus true time of the keyholder's machine. */
  wallSlip = 0;
  isReachable = true;
  /** Somebody's record cannot be read. */
  isRecordDamaged = false;
  isClockZoneUp = true;
  /** Whether what runs of the clock zone can do its work. */
  isClockZoneWell: () => boolean = () => true;
  /** Chances of one call between zones: never sent, answered twice, answer lost. */
  callTrouble = 0;
  /** What follows when the keyholder wrote something that others may act on. */
  onWork: () => Promise<void> = async () => {};
  onMail: (mail: { to: string; text: string }) => void = () => {};
  onRefusedMail: (mail: { to: string; text: string }) => void = () => {};
  /** Null where nobody can freeze anything. */
  operators: Freezing | null = null;
  /** The product's api between the clients and the keyholder; null where they ask the keyholder themselves. */
  server: Server | null = null;
  /** What follows a crash. */
  onCrash: () => void = () => {};
  readonly #seed: Uint32Array;

  constructor({ seed, isTicked }: WorldSettings) {
    this.#seed = seedWords(`${seed}/entropy`);
    this.random = new Random(`${seed}/world`);
    this.mail = new MailServer(
      () => this.now,
      () => !this.process.hasCrashed,
      { onTaken: (mail) => this.onMail(mail), onRefused: (mail) => this.onRefusedMail(mail) },
    );
    this.process = new KeyholderProcess({
      now: () => this.now,
      wallOffset: () => startWallMs + this.wallSlip,
      isReachable: () => this.isReachable,
      mailer: this.mail,
      operators: () => this.operators?.publicKeys ?? [],
    });
    this.passing = new Passing(this, isTicked);
    this.setTime(0);
  }

  /** Why entropy by the moment: idle ticks draw too, and a run that jumps them must draw the same for what follows. */
  setTime(now: number): void {
    this.now = now;
    const [a = 0, b = 0, c = 0] = this.#seed;
    drawEntropyFrom(new Random(Uint32Array.of(a, b ^ Math.floor(now / 2 ** 32), c ^ (now % 2 ** 32))));
  }

  later(ms: number, what: string, happen: () => Promise<void> | void): void {
    this.agenda.plan({ at: Math.ceil(this.now / onGrid(0)) * onGrid(0) + onGrid(ms), what, happen });
  }

  note(what: string): void {
    this.trace.note(this.now, what);
  }

  fault(kind: string): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
    this.note(`fault ${kind}`);
  }

  async run(untilMs: number): Promise<void> {
    while (this.agenda.nextAt <= untilMs) {
      const planned = this.agenda.take();
      if (planned === null) break;
      await this.passing.to(planned.at);
      this.note(planned.what);
      await planned.happen();
      this.reap();
      if (this.process.isUp) await this.onWork();
    }
    await this.passing.to(untilMs);
  }

  /** Asks the keyholder as another zone would. Throws Unavailable when nobody can know whether it was heard. */
  async ask<Name extends keyof Handlers>(
    caller: "api" | "clock",
    name: Name,
    request: Parameters<Handlers[Name]>[0],
  ): Promise<Awaited<ReturnType<Handlers[Name]>>> {
    if (!this.process.isUp) throw new Unavailable("down", false);
    const trouble = this.#trouble();
    if (trouble === "lost") throw new Unavailable("the call was lost", false);
    const handler = this.process.running.handlers[name] as unknown as (
      request: unknown,
      context: object,
    ) => Promise<Awaited<ReturnType<Handlers[Name]>>>;
    const once = async () => handler(request, { caller, requestId: "simulated" });
    if (trouble === "late" && mayBeLate.has(name)) {
      this.later(this.random.wait(hourMs), "a late call", () => this.#callLate(once));
      throw new Unavailable("no answer in time", true);
    }
    try {
      const answer = await once();
      if (trouble === "twice") await once().catch(() => {});
      if (trouble === "unanswered") throw new Unavailable("the answer was lost", true);
      return answer;
    } catch (error) {
      if (this.process.hasCrashed) throw new Unavailable("the keyholder crashed", true);
      throw this.#isOfDamage(error) ? new InvariantError("record-unreadable", "A record cannot be read.") : error;
    } finally {
      this.reap();
    }
  }

  /** Asks the server as an owner's or a recipient's client does. Throws as `ask` does. */
  async askServer<Name extends ServerName & keyof Handlers>(
    name: Name,
    request: ServerCalls[Name]["request"],
  ): Promise<ServerCalls[Name]["answer"]> {
    if (this.server !== null) return this.server.call(name, request);
    // Why it is safe: what the api carries has the keyholder's own names, requests and answers.
    return this.ask("api", name, request as never) as Promise<ServerCalls[Name]["answer"]>;
  }

  async #callLate(once: () => Promise<unknown>): Promise<void> {
    if (this.process.isUp) await once().catch(() => {});
  }

  /** What the process complained of, but for what a damaged record explains. */
  takeErrors(): unknown[] {
    return this.process.takeErrors().filter((error) => !this.#isOfDamage(error));
  }

  #isOfDamage(error: unknown): boolean {
    return this.isRecordDamaged && error instanceof SyntaxError;
  }

  /** Clears away a process that died. */
  reap(): void {
    if (!this.process.hasCrashed || !this.process.isUp) return;
    this.fault("crash");
    this.process.stop();
    this.passing.restart();
    this.onCrash();
  }

  #trouble(): "" | "lost" | "twice" | "unanswered" | "late" {
    if (this.callTrouble === 0 || !this.random.chance(this.callTrouble)) return "";
    const trouble = this.random.pick(["lost", "twice", "unanswered", "late"] as const);
    this.fault(`call ${trouble}`);
    return trouble;
  }
}
