import { issueIdentities } from "../identity/identity-files.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openZoneRuntime } from "./zone-runtime.ts";

/** Opens the runtime of a keyholder zone with a full environment and `more`. */
async function open(more: Record<string, string | undefined>) {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-zone-"));
  try {
    await issueIdentities(join(folder, "identity"), ["keyholder"]);
    return await openZoneRuntime({
      AFTERKEEP_ZONE: "keyholder",
      AFTERKEEP_ZONE_DATA: join(folder, "keyholder"),
      AFTERKEEP_RUN: folder,
      AFTERKEEP_IDENTITY: join(folder, "identity", "keyholder"),
      AFTERKEEP_PUBLIC_URL: "https://vault.example.org/",
      AFTERKEEP_MAIL_FROM: "afterkeep@example.org",
      ...more,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the runtime of a zone", () => {
  const scale = { AFTERKEEP_DEMO_FACTOR: "1000", AFTERKEEP_DEMO_EPOCH_MS: "1750000000000" };

  it.each(["local", "production"])("never scales time in %s mode, whatever the environment says", async (mode) => {
    const { AFTERKEEP_DEMO_FACTOR, AFTERKEEP_DEMO_EPOCH_MS } = scale;
    for (const more of [scale, { AFTERKEEP_DEMO_FACTOR }, { AFTERKEEP_DEMO_EPOCH_MS }])
      await expect(open({ ...more, AFTERKEEP_MODE: mode })).rejects.toMatchObject({
        code: "scaled-clock-outside-demo",
      });
  });

  it("scales time in a demo, and leaves the real clock real", async () => {
    const zone = await open({ AFTERKEEP_MODE: "demo", ...scale });
    expect(zone.clock).not.toEqual(zone.realClock);
    expect(zone.clock.nowMs()).toBeGreaterThan(zone.realClock.nowMs());
  });

  it("knows a seal file only when it was told of one", async () => {
    expect(await open({ AFTERKEEP_MODE: "local" })).not.toHaveProperty("sealFile");
    expect((await open({ AFTERKEEP_MODE: "local", AFTERKEEP_SEAL_FILE: "/seal" })).sealFile).toBe("/seal");
  });
});
