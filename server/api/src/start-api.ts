import { auditorContract, keyholderContract, kmsContract } from "@afterkeep/contracts";
import { connectZone, InvariantError, openDatabase, type ZoneRuntime } from "@afterkeep/platform";
import type { FastifyInstance } from "fastify";
import { createApiSecrets } from "./access/api-secrets.ts";
import { createTenantDeks } from "./access/tenant-deks.ts";
import { createProductTime } from "./context/product-time.ts";
import { createRateLimiter } from "./context/rate-limiter.ts";
import { createSteadiness } from "./context/steadiness.ts";
import { createSignInLimiter } from "./context/sign-in-limiter.ts";
import { createApp } from "./http/create-app.ts";
import type { FilterMode } from "./http/response-filter.ts";
import { openObjectStore } from "./objects/object-store.ts";
import { createPartsInFlight } from "./objects/parts-in-flight.ts";
import { removeRetired, sweepOrphans, tidyUp } from "./objects/upkeep.ts";
import { giveBackUnasked, nothingGivenBack } from "./operations/give-back-unasked.ts";
import { settleOffers } from "./operations/settle-offers.ts";
import { type ApiLimits, type ApiTables, defaultLimits, type Services } from "./services.ts";

const tidyEveryMs = 60_000;
/** Folders without rows are looked for in the first steady turn and then so many turns later: once a day. */
const sweepEveryTurns = 1440;
/** What waits for days and is dear to find. */
const hourlyTurns = 60;
const cutSlowEveryMs = 10_000;

export type ApiOptions = { limits?: Partial<ApiLimits>; filter?: FilterMode };
export type RunningApi = {
  app: FastifyInstance;
  services: Services;
  /** Starts to serve on loopback. */
  listen(port: number): Promise<void>;
  stop(): Promise<void>;
};

/** Puts the api zone together. It does not listen yet, and it dials the other zones at their first use. */
export async function startApi(zone: ZoneRuntime, options: ApiOptions = {}): Promise<RunningApi> {
  const { services, stop: stopServices } = await openServices(zone, options);
  const app = await createApp({
    services,
    filter: options.filter ?? "strip",
    webDist: zone.webDist,
    trustedProxies: zone.trustedProxies ?? [],
  });
  let tidying = Promise.resolve();
  const givenBack = nothingGivenBack();
  let givingBack: Promise<void> | null = null;
  // Why by itself, and one at a time: it may take hours, and nothing else waits for it.
  const giveBack = (): void => {
    givingBack ??= giveBackUnasked(services, givenBack)
      .catch((err: unknown) => services.logger.warn({ event: "statements-not-given-back", err }))
      .finally(() => (givingBack = null));
  };
  const steadiness = createSteadiness(zone.realClock);
  const [turns, steadyTurns] = [{ done: 0 }, { done: 0 }];
  const timer = setInterval(() => {
    const isHour = turns.done++ % hourlyTurns === 0;
    // Why apart: what the clock may be wrong about is not removed, and everything else does not wait for it.
    const removing = steadiness.isSteady() ? removalsOf(services, steadyTurns.done++) : [];
    if (isHour) giveBack();
    const turn = [...(isHour ? [() => settleOffers(services)] : []), ...removing];
    tidying = turn
      .reduce((before, work) => before.then(work), tidying)
      .catch((err: unknown) => services.logger.warn({ event: "tidy-up-failed", err }));
  }, tidyEveryMs);
  timer.unref();
  const cutting = setInterval(() => services.receiving.cutSlow(), cutSlowEveryMs);
  cutting.unref();
  return {
    app,
    services,
    listen: async (port) => void (await app.listen({ host: "127.0.0.1", port })),
    stop: async () => {
      clearInterval(timer);
      givenBack.isStopping = true;
      clearInterval(cutting);
      await closeApp(app);
      await Promise.all([tidying, givingBack]);
      await stopServices();
    },
  };
}

/** What a turn removes by its age: tickets and uploads each time, the rest every hour and every day. */
function removalsOf(services: Services, turn: number): (() => Promise<void>)[] {
  return [
    () => tidyUp(services),
    ...(turn % hourlyTurns === 0 ? [() => removeRetired(services)] : []),
    ...(turn % sweepEveryTurns === 0 ? [() => sweepOrphans(services)] : []),
  ];
}

/** How long a stop waits for calls that are under way: parts and downloads go on where they were. */
const lastCallsMs = 5000;

// Why again and again: a line whose answer was just sent is not idle at the first look, and would be kept open for a minute.
async function closeApp(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const all = setTimeout(() => app.server.closeAllConnections(), lastCallsMs);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(all);
  }
}

async function openServices(
  zone: ZoneRuntime,
  options: ApiOptions,
): Promise<{ services: Services; stop(): Promise<void> }> {
  if (zone.database === undefined || zone.objectsDir === undefined)
    throw new InvariantError("api-unconfigured", "The api zone needs a database and a folder for objects.");
  const db = openDatabase<ApiTables>(zone.database, { keepsPlans: true });
  const keyholder = connectZone(keyholderContract, { zone, to: "keyholder" });
  const kms = connectZone(kmsContract, { zone, to: "kms" });
  const auditor = connectZone(auditorContract, { zone, to: "auditor" });
  const limits = { ...defaultLimits, ...zone.limits, ...options.limits };
  const background = createBackground((err) => zone.logger.warn({ event: "background-failed", err }));
  const services: Services = {
    db,
    keyholder,
    kms,
    auditor,
    secrets: createApiSecrets(kms),
    deks: createTenantDeks(kms, zone.realClock),
    objects: await openObjectStore(zone.objectsDir),
    receiving: createPartsInFlight(zone.realClock),
    productTime: createProductTime(zone.mode, zone.clock, keyholder),
    realClock: zone.realClock,
    rateLimiter: createRateLimiter(zone.realClock),
    signIns: createSignInLimiter(zone.realClock, limits.signIn),
    logger: zone.logger,
    limits,
    mode: zone.mode,
    publicUrl: zone.publicUrl,
    logVerifierKey: remember(async () => (await auditor.checkpoint({})).verifierKey),
    background: background.add,
    settled: background.finish,
  };
  const stop = async () => {
    await background.finish();
    await Promise.all([keyholder.close(), kms.close(), auditor.close(), db.destroy()]);
  };
  return { services, stop };
}

function createBackground(failed: (error: unknown) => void) {
  const running = new Set<Promise<void>>();
  return {
    add: (work: Promise<void>): void => {
      const watched = work.catch(failed).finally(() => running.delete(watched));
      running.add(watched);
    },
    finish: async () => void (await Promise.all(running)),
  };
}

function remember<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let known: { value: Value } | null = null;
  return async () => (known ??= { value: await ask() }).value;
}
