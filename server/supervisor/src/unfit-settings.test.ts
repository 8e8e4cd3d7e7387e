import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { refuseUnfitSettings } from "./unfit-settings.ts";

type Given = Record<string, string | undefined>;
type Place = { folder: string; data: string; fit: Given };

/** Settings that are fit for production, and the folder they live in. */
async function withPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-unfit-"));
  try {
    const data = join(folder, "data");
    await mkdir(data);
    const seal = async (name: string) => {
      await writeFile(join(folder, name), `${name}${"x".repeat(32)}`, { mode: 0o600 });
      return join(folder, name);
    };
    const fit = {
      AFTERKEEP_DATA: data,
      AFTERKEEP_SMTP_URL: "smtps://mail.example.org",
      AFTERKEEP_PUBLIC_URL: "https://vault.example.org",
      AFTERKEEP_KMS_SEAL_FILE: await seal("kms.seal"),
      AFTERKEEP_KEYHOLDER_SEAL_FILE: await seal("keyholder.seal"),
    };
    await work({ folder, data, fit });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const start = async (given: Given, mode: "local" | "demo" | "production") =>
  refuseUnfitSettings(await loadSettings(given), mode);

describe("a start in production mode", () => {
  it("goes on with https, a mail server and two seal files", () =>
    withPlace(async ({ fit }) => {
      await expect(start(fit, "production")).resolves.toBeUndefined();
    }));

  it.each([
    ["without a mail server", { AFTERKEEP_SMTP_URL: undefined }, "smtp-missing", "AFTERKEEP_SMTP_URL"],
    ["without a public address", { AFTERKEEP_PUBLIC_URL: undefined }, "public-url-plain", "https"],
    ["over plain http", { AFTERKEEP_PUBLIC_URL: "http://vault.example.org" }, "public-url-plain", "https"],
    ["on http://localhost", { AFTERKEEP_PUBLIC_URL: "http://localhost:8420" }, "public-url-plain", "https"],
    [
      "without a seal for the kms",
      { AFTERKEEP_KMS_SEAL_FILE: undefined },
      "seal-missing",
      "Set AFTERKEEP_KMS_SEAL_FILE to a file outside the data folder",
    ],
    [
      "without a seal for the keyholder",
      { AFTERKEEP_KEYHOLDER_SEAL_FILE: undefined },
      "seal-missing",
      "Set AFTERKEEP_KEYHOLDER_SEAL_FILE to a file outside the data folder",
    ],
  ])("is refused %s, with what to do", (_what, change, code, next) =>
    withPlace(async ({ fit }) => {
      const refusal = { code, next: expect.stringContaining(next) };
      await expect(start({ ...fit, ...change }, "production")).rejects.toMatchObject(refusal);
    }),
  );
});

describe.each(["local", "demo", "production"] as const)("seal files in %s mode", (mode) => {
  it("are refused inside the data folder, open to others, or when they are one", () =>
    withPlace(async ({ data, fit }) => {
      const inside = join(data, "seal");
      await writeFile(inside, "x".repeat(32), { mode: 0o600 });
      for (const name of ["AFTERKEEP_KMS_SEAL_FILE", "AFTERKEEP_KEYHOLDER_SEAL_FILE"])
        await expect(start({ ...fit, [name]: inside }, mode)).rejects.toThrow(/inside the data folder/);
      const both = { ...fit, AFTERKEEP_KEYHOLDER_SEAL_FILE: fit["AFTERKEEP_KMS_SEAL_FILE"] };
      await expect(start(both, mode)).rejects.toThrow(/the same secret/);
      await chmod(fit["AFTERKEEP_KEYHOLDER_SEAL_FILE"] ?? "", 0o644);
      await expect(start(fit, mode)).rejects.toThrow(/AFTERKEEP_KEYHOLDER_SEAL_FILE names is open to others/);
    }));
});

describe.each(["local", "demo"] as const)("a start in %s mode", (mode) => {
  it("wants none of it", () =>
    withPlace(async ({ data }) => {
      await expect(start({ AFTERKEEP_DATA: data }, mode)).resolves.toBeUndefined();
    }));
});

it("refuses an outside clock in a demo alone: its time runs faster than any", () =>
  withPlace(async ({ data, fit }) => {
    const outside = { AFTERKEEP_OUTSIDE_CLOCKS: "https://time.example.org" };
    await expect(start({ AFTERKEEP_DATA: data, ...outside }, "demo")).rejects.toMatchObject({
      code: "outside-clock-in-demo",
    });
    await expect(start({ ...fit, ...outside }, "production")).resolves.toBeUndefined();
  }));
