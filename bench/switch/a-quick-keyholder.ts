import { randomBytes } from "node:crypto";
import type { ClockParts } from "@afterkeep/clock";
import { dueAtMs } from "./armed-switches.ts";

type Client = ClockParts["keyholder"];
type Item = Awaited<ReturnType<Client["switches"]>>["items"][number];

/**
 * Answers in this process, at once, that every switch it is asked about has begun to remind: what the database costs is measured, the
 * keyholder not.
 */
export function aQuickKeyholder({ awaitsReminder }: { awaitsReminder: boolean }): Client {
  const hash = randomBytes(32).toString("base64url");
  const away = () => Promise.reject(new Error("not asked in this bench"));
  return {
    info: away,
    mintToken: away,
    showReceipt: away,
    reminderAccepted: away,
    switches: async (request) => {
      if (!("bequests" in request)) return away();
      const items = request.bequests.map(({ account, b }): Item => ({
        account,
        b,
        g: 1,
        state: "reminding",
        policyHash: hash,
        revision: 2 ** 40,
        lastSign: hash,
        used: 0,
        left: 0,
        earliestWallMs: 2e12,
        wakeWallMs: 2e12,
        remindersDue: awaitsReminder ? [{ phase: "reminding", index: 0 }] : [],
        lastCall: "none",
        release: "",
        slots: [],
        waitsFor: "",
        requests: [],
        cooling: [],
        heldAfter: [],
      }));
      return { items, cursor: 0, nowWallMs: dueAtMs, attendedMs: 0 };
    },
  };
}
