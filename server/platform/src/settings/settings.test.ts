import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aManualClock } from "../testing/manual-clock.ts";
import { settleFolderMode } from "./data-folder-mode.ts";
import { loadSettings } from "./settings.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-settings-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("settings", () => {
  it("start on loopback with everything in the data folder", () =>
    withFolder(async (folder) => {
      const settings = await loadSettings({ AFTERKEEP_DATA: folder });
      expect(settings).toMatchObject({ port: 8420, mailboxPort: 8421, smtpPort: 8425 });
      expect(settings.publicUrl).toBe("http://localhost:8420");
      expect(settings.objectsDir).toBe(join(folder, "objects"));
    }));

  it("take the file, and the environment before the file", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "settings.json"), '{"AFTERKEEP_PORT":9001,"AFTERKEEP_MAIL_FROM":"us@example.org"}');
      const settings = await loadSettings({ AFTERKEEP_DATA: folder, AFTERKEEP_PORT: "9002" });
      expect(settings).toMatchObject({ port: 9002, mailFrom: "us@example.org" });
    }));

  it("name the proxies whose word is taken, and none by themselves", () =>
    withFolder(async (folder) => {
      const given = "127.0.0.1, 10.0.0.0/8,2001:db8::/32";
      const proxies = (await loadSettings({ AFTERKEEP_DATA: folder, AFTERKEEP_TRUSTED_PROXIES: given })).trustedProxies;
      expect(proxies).toEqual(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]);
      expect((await loadSettings({ AFTERKEEP_DATA: folder })).trustedProxies).toEqual([]);
    }));

  it("name operators and outside clocks, and none by themselves", () =>
    withFolder(async (folder) => {
      const keys = ["A".repeat(43), `${"B".repeat(42)}A`];
      const clocks = ["https://one.example", "https://two.example/time"];
      const given = { AFTERKEEP_OPERATORS: keys.join(", "), AFTERKEEP_OUTSIDE_CLOCKS: clocks.join(",") };
      const settings = await loadSettings({ AFTERKEEP_DATA: folder, ...given });
      expect([settings.operators, settings.outsideClocks]).toEqual([keys, clocks]);
      const plain = await loadSettings({ AFTERKEEP_DATA: folder });
      expect([plain.operators, plain.outsideClocks]).toEqual([[], []]);
    }));

  it("leave limits to the api, and take them in bytes", () =>
    withFolder(async (folder) => {
      const plain = await loadSettings({ AFTERKEEP_DATA: folder });
      expect([plain.quotaBytes, plain.maxObjectBytes]).toEqual([undefined, undefined]);
      const limits = { AFTERKEEP_QUOTA_BYTES: "5000000000", AFTERKEEP_MAX_OBJECT_BYTES: "1048576" };
      const set = await loadSettings({ AFTERKEEP_DATA: folder, ...limits });
      expect([set.quotaBytes, set.maxObjectBytes]).toEqual([5_000_000_000, 1_048_576]);
    }));

  it.each([
    ["a quota that is no number", '{"AFTERKEEP_QUOTA_BYTES":"200 GB"}', "AFTERKEEP_QUOTA_BYTES"],
    ["an object larger than its parts can be", '{"AFTERKEEP_MAX_OBJECT_BYTES":2e11}', "AFTERKEEP_MAX_OBJECT_BYTES"],
    ["an unknown name", '{"AFTERKEEP_PROT":1}', "AFTERKEEP_PROT"],
    ["a port that is none", '{"AFTERKEEP_PORT":"many"}', "AFTERKEEP_PORT"],
    [
      "a proxy that is no address",
      '{"AFTERKEEP_TRUSTED_PROXIES":"10.0.0.1,proxy.example"}',
      "AFTERKEEP_TRUSTED_PROXIES",
    ],
    ["everybody as a proxy", '{"AFTERKEEP_TRUSTED_PROXIES":"0.0.0.0/0"}', "AFTERKEEP_TRUSTED_PROXIES"],
    ["a network too narrow to be one", '{"AFTERKEEP_TRUSTED_PROXIES":"10.0.0.0/33"}', "AFTERKEEP_TRUSTED_PROXIES"],
    ["an operator's key that is none", '{"AFTERKEEP_OPERATORS":"hunter2"}', "AFTERKEEP_OPERATORS"],
    ["an operator twice", `{"AFTERKEEP_OPERATORS":"${"A".repeat(43)},${"A".repeat(43)}"}`, "AFTERKEEP_OPERATORS"],
    [
      "an outside clock without TLS",
      '{"AFTERKEEP_OUTSIDE_CLOCKS":"https://one.example,http://two.example"}',
      "AFTERKEEP_OUTSIDE_CLOCKS",
    ],
    ["a database that is none", '{"DATABASE_URL":"mysql://user:hunter2@x/y"}', "DATABASE_URL"],
  ])("refuse %s by name and without its value", (_what, file, name) =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "settings.json"), file);
      const refusal = await loadSettings({ AFTERKEEP_DATA: folder }).catch((error: unknown) => String(error));
      expect(refusal).toContain(name);
      expect(refusal).not.toContain("hunter2");
    }),
  );
});

describe("the mode of a data folder", () => {
  const clock = aManualClock();

  it("is local when nobody says anything, and is remembered", () =>
    withFolder(async (folder) => {
      expect(await settleFolderMode(folder, {}, clock)).toEqual({ mode: "local" });
      expect(await settleFolderMode(folder, { mode: "local" }, clock)).toEqual({ mode: "local" });
    }));

  it.each([
    ["local", "production"],
    ["local", "demo"],
    ["production", "local"],
    ["production", "demo"],
    ["demo", "local"],
    ["demo", "production"],
  ] as const)("stays %s when %s is asked for", (first, second) =>
    withFolder(async (folder) => {
      await settleFolderMode(folder, { mode: first }, clock);
      await expect(settleFolderMode(folder, { mode: second }, clock)).rejects.toMatchObject({ code: "mode-differs" });
      expect(await settleFolderMode(folder, {}, clock)).toMatchObject({ mode: first });
    }),
  );

  it("keeps a demo's epoch and factor, so that its time never jumps", () =>
    withFolder(async (folder) => {
      const first = await settleFolderMode(folder, { mode: "demo", demoFactor: 1000 }, clock);
      clock.advance(5_000);
      expect(await settleFolderMode(folder, { mode: "demo" }, clock)).toEqual(first);
      await expect(settleFolderMode(folder, { demoFactor: 2 }, clock)).rejects.toMatchObject({
        code: "demo-factor-differs",
      });
    }));

  it("never scales time outside a demo", () =>
    withFolder(async (folder) => {
      const asked = { mode: "production", demoFactor: 2 } as const;
      await expect(settleFolderMode(folder, asked, clock)).rejects.toMatchObject({ code: "scaled-clock-outside-demo" });
      await settleFolderMode(folder, { mode: "production" }, clock);
      await expect(settleFolderMode(folder, asked, clock)).rejects.toMatchObject({ code: "scaled-clock-outside-demo" });
    }));

  it("is not guessed when its memory is damaged", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "mode.json"), "{");
      await expect(settleFolderMode(folder, {}, clock)).rejects.toMatchObject({ code: "unreadable-mode" });
    }));
});
