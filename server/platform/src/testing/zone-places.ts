import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authority, createAuthority, issueIdentity } from "../identity/authority.ts";
import type { ZoneName } from "../zone/zone-names.ts";
import type { ZoneRuntime } from "../zone/zone-runtime.ts";
import { makePrivateFolder } from "../files/private-files.ts";
import { aManualClock } from "./manual-clock.ts";

/** A machine of zones for one test: one authority, one folder of sockets, all gone at the end. */
export type TestMachine = {
  folder: string;
  authority: Authority;
  /** A zone's runtime with a manual clock and a silent log; `overrides` replace single parts. */
  zone(name: ZoneName, overrides?: Partial<ZoneRuntime>): Promise<ZoneRuntime>;
};

/** Runs `work` on a fresh machine. What it opens, it closes. */
export async function withMachine<Result>(work: (machine: TestMachine) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-test-"));
  const authority = await createAuthority();
  try {
    return await work({ folder, authority, zone: (name, overrides) => aZone(folder, authority, name, overrides) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function aZone(
  folder: string,
  authority: Authority,
  name: ZoneName,
  overrides: Partial<ZoneRuntime> = {},
): Promise<ZoneRuntime> {
  const clock = aManualClock();
  const dataDir = join(folder, name);
  await makePrivateFolder(dataDir);
  const silent = () => {};
  return {
    name,
    mode: "local",
    dataDir,
    socketPath: (zone) => join(folder, `${zone}.sock`),
    identity: await issueIdentity(authority, name),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    clock,
    realClock: clock,
    publicUrl: "http://localhost:8420",
    port: 8420,
    mailboxPort: 8421,
    smtpPort: 8425,
    mailFrom: "Afterkeep <afterkeep@localhost>",
    objectsDir: join(folder, "objects"),
    ...overrides,
  };
}
