import { randomBytes } from "@afterkeep/bytes";
import { type Device, newDeviceMemory } from "../device.ts";
import { memoryStore } from "../profile.ts";
import { createTransport } from "../transport.ts";
import type { UploadJournal } from "../upload-journal.ts";
import { memoryLocks } from "../upload-locks.ts";
import type { Fate, PartsServer } from "./a-parts-server.ts";

/** One process of a device, from its start until its end or its sudden death. */
export type Life = {
  readonly device: Device;
  /** ms that were waited, in order. */
  readonly waits: readonly number[];
  /** Resolves to "killed" if the process dies before the work is done. */
  survive<T>(work: Promise<T>): Promise<T | "killed">;
};

/** @param nextFate what becomes of the next call, to the server or the journal */
export function aLife(server: PartsServer, journal: UploadJournal, nextFate: () => Fate = () => "answered"): Life {
  const death = deathOf();
  const waits: number[] = [];
  const serverUrl = "http://afterkeep.test";
  const transport = createTransport({
    serverUrl,
    channel: "bearer",
    fetch: mortal(death, server.fetchOf(nextFate, death.die)),
    credentials: () => Promise.resolve({ owner: "", recipient: "" }),
  });
  const device: Device = {
    serverUrl,
    channel: "bearer",
    transport,
    random: randomBytes,
    now: () => 1_700_000_000_000,
    store: memoryStore(),
    deviceKey: null,
    journal: mortalJournal(death, journal, nextFate),
    locks: memoryLocks(),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    memory: newDeviceMemory(),
  };
  return { device, waits, survive: (work) => Promise.race([work, death.came]) };
}

type Death = { isDead: boolean; readonly came: Promise<"killed">; readonly die: () => Promise<never> };

/** Why promises that never settle: nothing of a killed process runs on, no `catch` and no `finally`. */
function deathOf(): Death {
  let tell: (word: "killed") => void = () => undefined;
  const death: Death = {
    isDead: false,
    came: new Promise((resolve) => (tell = resolve)),
    die: () => {
      death.isDead = true;
      tell("killed");
      return new Promise<never>(() => undefined);
    },
  };
  return death;
}

function mortal<Args extends unknown[], T>(death: Death, act: (...args: Args) => Promise<T>) {
  return (...args: Args): Promise<T> => (death.isDead ? new Promise<never>(() => undefined) : act(...args));
}

/** Adds death to a journal: before what it does is durable, or right after. */
function mortalJournal(death: Death, journal: UploadJournal, nextFate: () => Fate): UploadJournal {
  const fated = <Args extends unknown[], T>(act: (...args: Args) => Promise<T>) =>
    mortal(death, async (...args: Args): Promise<T> => {
      const fate = nextFate();
      if (fate === "killed-before") return death.die();
      const done = await act(...args);
      return fate === "killed-after" ? death.die() : done;
    });
  return {
    begin: fated((upload) => journal.begin(upload)),
    notePart: fated((ver, part, sha256) => journal.notePart(ver, part, sha256)),
    list: mortal(death, () => journal.list()),
    remove: fated((ver) => journal.remove(ver)),
  };
}
