import { setTimeout as delay } from "node:timers/promises";
import { keyholderContract } from "@afterkeep/contracts";
import { createMailer, openKeySeal, runZone, serveZone, type ZoneRuntime } from "@afterkeep/platform";
import { openKeyholder } from "./keyholder.ts";
import type { StoreSettings } from "./store/store.ts";
import { askTimeOver, OutsideClock } from "./time/outside-clock.ts";
import { postProbeTo } from "./time/probe.ts";
import { startTicking } from "./time/start-ticking.ts";

/** For how long a stop waits for mails on their way: far below the ten seconds after which the supervisor ends a zone. Real ms. */
const lastWordsMs = 5_000;

await runZone("keyholder", async (zone) => {
  const mailer = zone.smtpUrl === undefined ? null : createMailer({ smtpUrl: zone.smtpUrl, from: zone.mailFrom });
  const onError = (err: unknown) => zone.logger.error({ event: "tick-failed", err });
  const keyholder = await openKeyholder({
    folder: zone.dataDir,
    keySeal: await openKeySeal(zone),
    settings: settingsOf(zone),
    clock: zone.clock,
    messageClock: zone.realClock,
    mailer,
    publicUrl: zone.publicUrl,
    operators: zone.operators ?? [],
    outsideClock: zone.outsideClocks === undefined ? null : new OutsideClock(zone.outsideClocks, askTimeOver()),
    postProbe: postProbeTo(zone.publicUrl),
    onError,
    onHold: (why) => zone.logger.error({ event: "everything-held", why }),
    onShortWeek: (percent) =>
      percent === null
        ? zone.logger.warn(
            { event: "attended-enough" },
            "nine tenths of the last seven days were attended again, or a hold began and they are counted anew",
          )
        : zone.logger.error(
            { event: "attended-too-little", percent },
            "so much of the last seven days was attended; deadlines move later by the rest",
          ),
  });
  const server = await serveZone(keyholderContract, { zone, handlers: keyholder.handlers });
  const ticking = startTicking(keyholder.tick, keyholder.realTickMs, onError);
  const calling = startTicking(keyholder.callOwners, keyholder.realTickMs, onError);
  return {
    stop: async () => {
      const ended = Promise.all([ticking.stop(), calling.stop()]).then(() => keyholder.called());
      // Why: of a mail that nobody waits for any more nobody knows whether it left, and its owner is called again after the restart.
      await Promise.race([ended, delay(lastWordsMs, undefined, { ref: false })]);
      mailer?.close();
      await ended;
      await server.close();
      keyholder.close();
    },
  };
});

/** Why the factor here and not in the store's own settings: the store remembers what it was created with and refuses another. */
function settingsOf(zone: ZoneRuntime): StoreSettings {
  if (zone.mode !== "demo") return { mode: "real", factor: 1 };
  return { mode: "demo", factor: Number(process.env["AFTERKEEP_DEMO_FACTOR"] ?? 1) };
}
