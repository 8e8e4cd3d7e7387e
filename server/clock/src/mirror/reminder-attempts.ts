import { pgId } from "@afterkeep/platform";
import type { ClockTransaction } from "../clock-parts.ts";

/** Product ms between two mails for one reminder. */
export const attemptEveryMs = 86_400_000;

export type LastAttempt = {
  attempt: number;
  /** Product time. */
  attemptedAt: number;
  /** Nothing more comes of its mail: it was refused, given up or cancelled, or taken and the keyholder was told so. */
  isSettled: boolean;
};

/** The last attempt of every reminder of some bequests, by `b lastSign phase index`. */
export async function readAttempts(
  trx: ClockTransaction,
  tenant: string,
  bequests: readonly string[],
): Promise<Map<string, LastAttempt>> {
  if (bequests.length === 0) return new Map();
  const rows = await trx
    .selectFrom("reminder")
    .innerJoin("outbox", "outbox.id", "reminder.mail")
    .select(["b", "last_sign", "phase", "index", "attempt", "attempted_at", "noted_at", "outbox.state"])
    .where("reminder.tenant", "=", pgId(tenant))
    .where("b", "in", bequests.map(pgId))
    .execute();
  return new Map(
    rows.map((row) => [
      `${row.b} ${row.last_sign.toString("base64url")} ${row.phase} ${row.index}`,
      {
        attempt: row.attempt,
        attemptedAt: row.attempted_at,
        isSettled: row.state === "accepted" ? row.noted_at !== null : row.state !== "queued",
      },
    ]),
  );
}
