import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@afterkeep/bytes";
import { kmsContract } from "@afterkeep/contracts";
import { connectZone, type LogFields, type ZoneName } from "@afterkeep/platform";
import { aManualClock, type TestMachine, withMachine } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { keyUseLimits } from "./key-use.ts";
import { startKms } from "./start-kms.ts";

const tenant = newId(1);

async function withKms<T>(machine: TestMachine, work: (as: Caller) => Promise<T>, options: Options = {}): Promise<T> {
  const silent = () => {};
  const write = (fields: LogFields) => void options.log?.push(fields);
  const zone = await machine.zone("kms", { logger: { debug: silent, info: write, warn: write, error: write } });
  const running = await startKms({ ...zone, ...(options.clock ? { realClock: options.clock } : {}) });
  const clients: { close(): Promise<void> }[] = [];
  const as: Caller = async (name) => {
    const client = connectZone(kmsContract, { zone: await machine.zone(name), to: "kms" });
    clients.push(client);
    return client;
  };
  try {
    return await work(as);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await running.stop();
  }
}
type Options = { log?: LogFields[]; clock?: ReturnType<typeof aManualClock> };
type Caller = (name: ZoneName) => Promise<ReturnType<typeof connectZone<typeof kmsContract>>>;

describe("kms", () => {
  it("lets the api make keys, and api and clock unwrap them", () =>
    withMachine((machine) =>
      withKms(machine, async (as) => {
        const made = await (await as("api")).createDek({ tenant });
        for (const zone of ["api", "clock"] as const)
          expect(await (await as(zone)).unwrapDek({ tenant, wrapped: made.wrapped })).toEqual({ dek: made.dek });
      }),
    ));

  it("refuses every other zone, and the clock what only the api may do", () =>
    withMachine((machine) =>
      withKms(machine, async (as) => {
        const { wrapped } = await (await as("api")).createDek({ tenant });
        for (const zone of ["keyholder", "auditor", "mailbox", "supervisor", "operator"] as const) {
          const caller = await as(zone);
          await expect(caller.unwrapDek({ tenant, wrapped })).rejects.toThrow(/caller-not-allowed/);
          await expect(caller.createDek({ tenant })).rejects.toThrow(/caller-not-allowed/);
          await expect(caller.apiSecrets({})).rejects.toThrow(/caller-not-allowed/);
        }
        const clock = await as("clock");
        await expect(clock.createDek({ tenant })).rejects.toThrow(/caller-not-allowed/);
        await expect(clock.apiSecrets({})).rejects.toThrow(/caller-not-allowed/);
      }),
    ));

  it("keeps its keys and the api's secrets over a restart, in one file that only its owner reads", () =>
    withMachine(async (machine) => {
      const before = await withKms(machine, async (as) => {
        const api = await as("api");
        return { made: await api.createDek({ tenant }), secrets: await api.apiSecrets({}) };
      });
      const { dataDir } = await machine.zone("kms");
      expect(await readdir(dataDir)).toEqual(["keys.json"]);
      expect((await stat(join(dataDir, "keys.json"))).mode & 0o777).toBe(0o600);
      await withKms(machine, async (as) => {
        const api = await as("api");
        expect(await api.unwrapDek({ tenant, wrapped: before.made.wrapped })).toEqual({ dek: before.made.dek });
        expect(await api.apiSecrets({})).toEqual(before.secrets);
      });
    }));

  it("makes different secrets on different machines", async () => {
    const secretsOf = () => withMachine((machine) => withKms(machine, async (as) => (await as("api")).apiSecrets({})));
    const [one, two] = [await secretsOf(), await secretsOf()];
    expect(one.blindIndexKey).not.toBe(two.blindIndexKey);
    expect(one.opaqueServerSetup).not.toBe(two.opaqueServerSetup);
  });

  it("does not start, and changes nothing, when its key file is damaged", () =>
    withMachine(async (machine) => {
      await withKms(machine, async () => {});
      const zone = await machine.zone("kms");
      const path = join(zone.dataDir, "keys.json");
      const good = await readFile(path, "utf8");
      const { kek, ...rest } = JSON.parse(good);
      const otherKey = { ...rest, kek: { ...kek, key: "A".repeat(43) } };
      for (const bad of ["", "{}", good.slice(0, -10), JSON.stringify(otherKey)]) {
        await writeFile(path, bad);
        await expect(startKms(zone)).rejects.toThrow(/kms-keys-unreadable/);
        expect(await readFile(path, "utf8")).toBe(bad);
      }
    }));

  it("does not start when others than its owner may read or write the key file", () =>
    withMachine(async (machine) => {
      await withKms(machine, async () => {});
      const zone = await machine.zone("kms");
      for (const mode of [0o640, 0o604, 0o620, 0o602]) {
        await chmod(join(zone.dataDir, "keys.json"), mode);
        await expect(startKms(zone)).rejects.toThrow(/kms-keys-exposed/);
      }
    }));

  it("refuses a tenant's key asked for too often, says how long to wait, and lets others and later calls through", () =>
    withMachine(async (machine) => {
      const [log, clock]: [LogFields[], ReturnType<typeof aManualClock>] = [[], aManualClock()];
      await withKms(
        machine,
        async (as) => {
          const api = await as("api");
          const mine = { tenant, wrapped: (await api.createDek({ tenant })).wrapped };
          const other = newId(2);
          const others = { tenant: other, wrapped: (await api.createDek({ tenant: other })).wrapped };
          const { burst, perSecond } = keyUseLimits.unwrapByTenant;
          for (let use = 0; use < burst; use++) await api.unwrapDek(mine);
          await expect(api.unwrapDek(mine)).rejects.toMatchObject({ code: "kms-rate-limited", next: /^Wait \d+ s/ });
          expect(await api.unwrapDek(others)).toHaveProperty("dek");
          expect(await (await as("clock")).unwrapDek(mine)).toHaveProperty("dek");
          clock.advance(1000);
          for (let use = 0; use < perSecond; use++) await api.unwrapDek(mine);
          await expect(api.unwrapDek(mine)).rejects.toThrow(/kms-rate-limited/);
        },
        { log, clock },
      );
      expect(log).toContainEqual(
        expect.objectContaining({ event: "key-use", method: "unwrapDek", name: "clock", count: 1 }),
      );
      expect(log).toContainEqual(expect.objectContaining({ event: "key-use-refused", name: "api", count: 2 }));
      expect(log.filter(({ event }) => event === "kms-rate-limited")).toHaveLength(2);
    }));
});
