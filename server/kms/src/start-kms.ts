import { kmsContract } from "@afterkeep/contracts";
import { openKeySeal, serveZone, type ZoneRuntime } from "@afterkeep/platform";
import { createDekWrapper } from "./dek-wrapper.ts";
import { openKeyFile } from "./key-file.ts";
import { createKeyUse } from "./key-use.ts";

const reportEveryMs = 60_000;

export type RunningKms = { stop(): Promise<void> };

/** Opens (or at the very first start makes) the keys and serves the contract. */
export async function startKms(zone: ZoneRuntime): Promise<RunningKms> {
  const keys = await openKeyFile(zone.dataDir, await openKeySeal(zone));
  const wrapper = createDekWrapper(keys.kek);
  const use = createKeyUse(zone.realClock, zone.logger);
  const server = await serveZone(kmsContract, {
    zone,
    handlers: {
      createDek: ({ tenant }, { caller }) => {
        use.take("createDek", caller, tenant);
        return wrapper.createDek(tenant);
      },
      unwrapDek: ({ tenant, wrapped }, { caller }) => {
        use.take("unwrapDek", caller, tenant);
        return wrapper.unwrapDek(tenant, wrapped);
      },
      apiSecrets: () => keys.apiSecrets,
    },
  });
  const reporting = setInterval(() => use.report(), reportEveryMs);
  return {
    stop: async () => {
      clearInterval(reporting);
      use.report();
      await server.close();
    },
  };
}
