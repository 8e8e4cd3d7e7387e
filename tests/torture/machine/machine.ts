import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { processesBelow, processName, readProcess } from "../../../scripts/stage/memory-watch.ts";
import { type Product, startProduct } from "../../../scripts/stage/product.ts";
import { freePorts } from "../../../scripts/stage/free-ports.ts";
import { LentClock } from "./lent-clock.ts";
import { MailServer } from "./mail-server.ts";
import { watchDoor } from "./door.ts";
import { UpTime } from "./up-time.ts";

const modeFile = z.object({ demo: z.object({ epochMs: z.number() }).optional() });
const keyFile = z.object({ publicKey: z.string() });
const serverAnswer = z.object({ keyholder: z.object({ publicKey: z.string() }) });

export const zones = ["kms", "auditor", "keyholder", "clock", "api"] as const;

/** One computer with the whole product on it: its processes, its wall clock, its mail server. */
export class Machine {
  readonly data: string;
  readonly clock: LentClock;
  readonly mail: MailServer;
  readonly upTime = new UpTime();
  /** 1 for a machine that lives in real time. */
  readonly factor: number;
  /** Real time that passed while everything was off, ms: what the wall clock of the world is ahead of this process's. */
  passedMs = 0;
  readonly #folder: string;
  readonly #port: number;
  #product: Product | null = null;
  #epochMs = 0;

  private constructor(parts: { folder: string; port: number; clock: LentClock; mail: MailServer; factor: number }) {
    this.#folder = parts.folder;
    this.data = join(parts.folder, "data");
    this.#port = parts.port;
    this.clock = parts.clock;
    this.mail = parts.mail;
    this.factor = parts.factor;
  }

  /** @param folder its own, empty */
  static async begin(folder: string, options: { factor: number }): Promise<Machine> {
    const port = await freePorts(4);
    const mail = new MailServer(port + 3);
    await mail.open();
    const machine: Machine = new Machine({ folder, port, clock: await LentClock.open(), mail, factor: options.factor });
    process.on("exit", machine.#dieWithUs);
    await machine.start();
    const { demo } = modeFile.parse(JSON.parse(await readFile(join(machine.data, "mode.json"), "utf8")));
    machine.#epochMs = demo?.epochMs ?? 0;
    return machine;
  }

  get product(): Product {
    if (this.#product === null) throw new Error("the product is not running");
    return { ...this.#product, mails: (to) => this.mail.mails(to) };
  }

  get isRunning(): boolean {
    return this.#product !== null;
  }

  // Why at once and without waiting: whoever ends this process must not leave a product behind, not even one that is just starting.
  readonly #dieWithUs = (): void => {
    for (const pid of processesBelow(new Set([process.pid]))) if (pid !== process.pid) kill(pid);
    // Why again: what was killed a moment ago may still be writing.
    for (const folder of [this.#folder, this.clock.folder])
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };

  /** The true time of the world as the product's fast clock counts it, ms. */
  trueNow(): number {
    return this.#epochMs + (Date.now() + this.passedMs - this.#epochMs) * this.factor;
  }

  /** Sets the wall clock: right, or wrong by so much real time. */
  setClock(wrongByMs: number): Promise<void> {
    return this.clock.set(this.passedMs + wrongByMs);
  }

  async start(): Promise<void> {
    this.upTime.begin();
    const door = watchDoor(this.#port);
    try {
      this.#product = await startProduct({
        data: this.data,
        ...(this.factor === 1 ? { mode: "local" } : { mode: "demo", factor: this.factor }),
        port: this.#port,
        environment: { ...this.clock.environment(), AFTERKEEP_SMTP_URL: this.mail.smtpUrl },
      });
      this.upTime.didNotRunUntil(await door.shutUntil());
    } finally {
      door.leave();
    }
    await this.#requireOurs(this.#product.url);
  }

  /** An orderly end. */
  async stop(): Promise<void> {
    const product = this.#product;
    this.#product = null;
    await product?.stop();
    this.upTime.end();
  }

  /** kill -9 of everything at once, as when the power goes. */
  async killTree(): Promise<void> {
    const root = this.#root();
    this.#product = null;
    for (let left = processesBelow(root); left.length > 0; left = processesBelow(new Set(left))) {
      for (const pid of left) kill(pid);
      await wait(20);
    }
    this.upTime.end();
    await this.clock.forgetTheDead();
  }

  /** kill -9 of one zone's process; its supervisor starts it again. False when it was just away. */
  killZone(zone: (typeof zones)[number]): boolean {
    const pid = processesBelow(this.#root()).find(
      (one) => processName(readProcess(one, "cmdline").split("\0")) === zone,
    );
    if (pid !== undefined) kill(pid);
    return pid !== undefined;
  }

  /** kill -9 of PostgreSQL's postmaster; its supervisor starts it again. */
  async killPostgres(): Promise<void> {
    const lines = (await readFile(join(this.data, "postgres/data/postmaster.pid"), "utf8")).split("\n");
    const pid = Number(lines[0]);
    // Why asked: the number stands in a file, and must be a process of this product before it is killed.
    if (processesBelow(this.#root()).includes(pid)) kill(pid);
  }

  async close(): Promise<void> {
    await this.stop();
    process.off("exit", this.#dieWithUs);
    await this.mail.close();
    await this.clock.close();
  }

  #root(): Set<number> {
    return new Set([this.#product?.process.pid ?? -1]);
  }

  async #requireOurs(url: string): Promise<void> {
    const own = keyFile.parse(JSON.parse(await readFile(join(this.data, "keyholder/public.json"), "utf8")));
    const { keyholder } = serverAnswer.parse(await (await fetch(`${url}/v1/server`)).json());
    if (keyholder.publicKey !== own.publicKey) throw new Error("somebody else's server answers on this port");
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}
