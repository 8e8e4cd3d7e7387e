import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@afterkeep/platform";
import { expect, it } from "vitest";
import { planZones } from "./zone-plan.ts";

it("gives each zone its own seal file and no other zone any, the api alone its limits, and the keyholder alone its operators", async () => {
  const path = await mkdtemp(join(tmpdir(), "afterkeep-plan-"));
  try {
    const part = (name: string) => join(path, name);
    await mkdir(part("secrets"));
    const role = { host: "/nowhere", user: "x", password: "x", database: "x" };
    const plans = await planZones({
      settings: await loadSettings({
        AFTERKEEP_DATA: path,
        AFTERKEEP_KMS_SEAL_FILE: "/seals/of-kms",
        AFTERKEEP_KEYHOLDER_SEAL_FILE: "/seals/of-keyholder",
        AFTERKEEP_QUOTA_BYTES: "5000000000",
        AFTERKEEP_OUTSIDE_CLOCKS: "https://one.example,https://two.example",
        AFTERKEEP_OPERATORS: `${"A".repeat(43)},${"B".repeat(42)}A`,
        AFTERKEEP_MAX_OBJECT_BYTES: "2000000",
      }),
      folderMode: { mode: "local" },
      folder: {
        path,
        run: part("run"),
        identity: part("identity"),
        secrets: part("secrets"),
        logs: part("logs"),
        postgres: part("postgres"),
        release: () => {},
      },
      roles: { ak_api: role, ak_clock: role, ak_auditor: role },
      entryOf: (name) => name,
    });
    const told = plans
      .flat()
      .flatMap(({ name, env }) =>
        Object.entries(env).flatMap(([variable, value]) =>
          /seal/i.test(variable + value) ? [[name, variable, value]] : [],
        ),
      );
    expect(told).toEqual([
      ["kms", "AFTERKEEP_SEAL_FILE", "/seals/of-kms"],
      ["keyholder", "AFTERKEEP_SEAL_FILE", "/seals/of-keyholder"],
    ]);
    const limits = plans
      .flat()
      .flatMap(({ name, env }) => ((env.AFTERKEEP_QUOTA_BYTES ?? "") === "" ? [] : [{ name, env }]));
    expect(limits).toMatchObject([
      { name: "api", env: { AFTERKEEP_QUOTA_BYTES: "5000000000", AFTERKEEP_MAX_OBJECT_BYTES: "2000000" } },
    ]);
    const known = plans.flat().filter(({ env }) => env.AFTERKEEP_OPERATORS !== undefined);
    expect(known.map(({ name }) => name)).toEqual(["keyholder"]);
    const asking = plans.flat().filter(({ env }) => env.AFTERKEEP_OUTSIDE_CLOCKS !== undefined);
    expect(asking.map(({ name }) => name)).toEqual(["keyholder"]);
  } finally {
    await rm(path, { recursive: true });
  }
});
