import type { TakenMail } from "../machine/mail-server.ts";
import type { Ledger } from "./ledger.ts";

/** A recipient is told of one decision by one mail, however often it leaves; after a restore of the database perhaps by another one, whose link works. */
export function judgeMails(ledger: Ledger, mails: readonly TakenMail[]): void {
  const releases = mails.filter(({ subject }) => subject.includes("left something for you"));
  for (const [whom, same] of Map.groupBy(releases, ({ to, text }) => `${to.join()} ${decidedOn(text)}`)) {
    const ids = new Set(same.map(({ messageId }) => messageId));
    if (ids.size < 2) continue;
    const first = same[0]?.atMs ?? 0;
    if (ledger.restoredDatabaseAt.some((at) => at > first)) ledger.count("told again after a restore of the database");
    else ledger.violate("double", `${ids.size} different mails told ${whom} of one decision`);
  }
  ledger.counts["release mails"] = releases.length;
}

function decidedOn(text: string): string {
  return / on (.*?) the time came/s.exec(text)?.[1] ?? "";
}
