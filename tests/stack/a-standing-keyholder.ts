import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keyholderContract } from "@afterkeep/contracts";
import { type Keyholder, type KeyholderOptions, openKeyholder } from "@afterkeep/keyholder";
import { serveZone, type ZoneRuntime, type ZoneServer } from "@afterkeep/platform";

/** A served keyholder that can be put back to an older copy of itself. */
export type StandingKeyholder = {
  readonly now: Keyholder;
  /** A copy of the whole folder, as a backup is: the keyholder is stopped while it is taken. */
  backUp(): Promise<string>;
  restore(copy: string): Promise<void>;
  /** Puts the whole folder of a copy back, marks and all. */
  restoreFolder(copy: string): Promise<void>;
  stop(): Promise<void>;
};

/** Copies lie beside the keyholder's folder and go with it. */
export async function aStandingKeyholder(zone: ZoneRuntime, options: KeyholderOptions): Promise<StandingKeyholder> {
  const { folder } = options;
  let { now, server } = await serve(zone, options);
  let copies = 0;
  const stop = async () => {
    await server.close();
    now.close();
  };
  const whileStopped = async (work: () => void) => {
    await stop();
    work();
    ({ now, server } = await serve(zone, options));
    await now.tick();
  };
  return {
    get now() {
      return now;
    },
    backUp: async () => {
      const copy = `${folder}-copy-${++copies}`;
      await whileStopped(() => cpSync(folder, copy, { recursive: true }));
      return copy;
    },
    restore: (copy) => whileStopped(() => putBack(folder, copy)),
    restoreFolder: (copy) =>
      whileStopped(() => {
        for (const name of readdirSync(copy)) rmSync(join(folder, name), { recursive: true, force: true });
        cpSync(copy, folder, { recursive: true });
      }),
    stop,
  };
}

async function serve(zone: ZoneRuntime, options: KeyholderOptions): Promise<{ now: Keyholder; server: ZoneServer }> {
  const now = await openKeyholder(options);
  return { now, server: await serveZone(keyholderContract, { zone, handlers: now.handlers }) };
}

function putBack(folder: string, copy: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith("keyholder.sqlite")) rmSync(join(folder, name));
  cpSync(join(copy, "keyholder.sqlite"), join(folder, "keyholder.sqlite"));
}
