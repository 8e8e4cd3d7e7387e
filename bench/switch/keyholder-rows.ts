import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { idFromPg } from "@afterkeep/platform";
import { dayMs, defaultTimes, emptyHistory, type SwitchHistory, type SwitchPolicy } from "@afterkeep/switch";
import { idText } from "./armed-switches.ts";

/** Attended time that the keyholder is given to stand at. */
export const attendedMs = 100 * dayMs;
const { times, ...limits } = defaultTimes(30 * dayMs);
const hash = Buffer.alloc(32, 7).toString("base64url");

const policy: SwitchPolicy = {
  ...{ id: hash, g: 1, times, classes: ["signed", "token"], ...limits },
  // As long as a hybrid age recipient is.
  recipients: [{ r: idFromPg(idText("7001", 1)), key: `age1pq1${"q".repeat(1952)}`, verified: "words", delay: 0 }],
  ...{ requests: [], guardians: null, contacts: [hash], acceptUnverified: false, keyholders: [hash], k: 1, n: 1 },
};

function historyOf(signedAt: number): SwitchHistory {
  return {
    ...emptyHistory,
    armedAtAttended: 0,
    lastSign: { id: hash, attended: signedAt, class: "signed" },
    lastSignedAttended: signedAt,
    slots: policy.recipients.map(({ r }) => ({ r, stage: "waiting" })),
  };
}

/** Works on the store of a keyholder that is stopped. */
function inStore(data: string, work: (store: DatabaseSync) => void): void {
  const store = new DatabaseSync(join(data, "keyholder", "keyholder.sqlite"));
  try {
    store.exec("pragma synchronous = off; pragma cache_size = -400000; begin");
    work(store);
    store.exec(`update keyholder set attended_ms = ${attendedMs}; commit`);
    store.exec("pragma wal_checkpoint(truncate)");
  } finally {
    store.close();
  }
}

/** One armed bequest for each of these accounts, whose owner signed when it was written. */
export function armAccounts(data: string, accounts: readonly string[]): void {
  inStore(data, (store) => {
    const insert = store.prepare("insert into bequest values (?, ?, ?, 0, ?, '', ?, null, 0, null)");
    const bound = store.prepare("insert into bound_policy values (?, ?, ?)");
    const manifest = store.prepare("insert into manifest values (?, ?, 1, 1, ?, 0)");
    for (const [place, account] of accounts.entries()) {
      const b = idFromPg(idText("7001", 2 ** 40 + place));
      const history = JSON.stringify(historyOf(attendedMs));
      insert.run(account, b, history, attendedMs + 15 * dayMs, place + 1);
      bound.run(account, b, JSON.stringify(policy));
      manifest.run(account, b, hash);
    }
    store.prepare("update keyholder set revision = revision + ?").run(accounts.length);
  });
}

/** Accounts 1 to `count` of armed-switches.ts, whose first reminders are all due `leadMs` attended ms from now. Their revisions are 1 to `count`. */
export function armHerd(data: string, count: number, leadMs: number): void {
  const wake = attendedMs + leadMs;
  inStore(data, (store) => {
    store.function("id_of", { deterministic: true }, (kind, n) =>
      idFromPg(idText(kind === 7000 ? "7000" : "7001", Number(n))),
    );
    const numbers = `with recursive c(n) as (select 1 union all select n + 1 from c where n < ${count})`;
    store.exec(`${numbers} insert into account select id_of(7000, n), 0 from c`);
    store
      .prepare(
        `${numbers} insert into bequest select id_of(7000, n), id_of(7001, n), ?, 0, ${wake}, '', n, null, 0, null from c`,
      )
      .run(JSON.stringify(historyOf(wake - 15 * dayMs)));
    store
      .prepare(`${numbers} insert into bound_policy select id_of(7000, n), id_of(7001, n), ? from c`)
      .run(JSON.stringify(policy));
    store.exec(`update keyholder set revision = ${count}`);
  });
}

/** How far the store's revisions are, read beside the running keyholder. */
export function revisionReader(data: string): { read(): number; close(): void } {
  const store = new DatabaseSync(join(data, "keyholder", "keyholder.sqlite"), { readOnly: true });
  const select = store.prepare("select revision from keyholder");
  return { read: () => Number(select.get()?.["revision"]), close: () => store.close() };
}
