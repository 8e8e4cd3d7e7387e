import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Id, parseId } from "@afterkeep/bytes";
import { kmsContract } from "@afterkeep/contracts";
import type { SigningKey } from "@afterkeep/crypto";
import { connectZone, enqueueMail, inTenant, openDatabase, pgId, readDatabaseConfig } from "@afterkeep/platform";
import type { StatementBody } from "@afterkeep/statements";
import type { Pool } from "pg";
import { freshId, randomHash, signedBy } from "./an-attackers-account.ts";
import { placeOf } from "./the-operator.ts";

export type Victim = { readonly account: Id; readonly b: Id; readonly r: Id };

/** Every switch of everybody says that it has released everything, and a forged decision with its grants says so too; answers its id. */
export async function forgeRelease(pool: Pool, { account, b, r }: Victim, key: SigningKey): Promise<Id> {
  await pool.query("update switch_state set state = 'released', earliest_ms = 0, last_sign = sha256('nobody')");
  const body = forgedDecision({ account, b, r });
  const statement = await signedBy("release", body, key);
  const decision = pgId(body.decisionId);
  await pool.query(
    "insert into release (tenant, decision_id, b, g, statement, decided_at) values ($1, $2, $3, 1, $4, 0)",
    [...[pgId(account), decision, pgId(b), statement]],
  );
  await pool.query(
    `insert into release_slot (tenant, decision_id, r, stage)
     select tenant, $2, r, stage from recipient, (values ('granted')) as forged (stage) where tenant = $1`,
    [pgId(account), decision],
  );
  return parseId(body.decisionId);
}

function forgedDecision({ account, b, r }: Victim): StatementBody<"release"> {
  return {
    ...{ account, b, g: 1, decisionId: freshId(), policyHash: randomHash(), manifestHash: randomHash() },
    ...{
      trigger: "silence",
      lastSign: randomHash(),
      decidedAt: 1,
      recipients: [{ r, delay: 0 }],
      epoch: 1,
      mode: "demo",
    },
  };
}

/** A link of the attackers' own, as the clock zone would have made it. Answers its token. */
export async function forgeLink(pool: Pool, { account, r }: Victim): Promise<string> {
  const token = randomBytes(32);
  await pool.query(
    "insert into link_token (hash, tenant, kind, recipient, created_at) values ($1, $2, 'open', $3, 0)",
    [...[createHash("sha256").update(token).digest(), pgId(account), pgId(r)]],
  );
  return token.toString("base64url");
}

/**
 * A release mail with the attackers' link in the clock zone's own outbox: the api zone may ask the kms for the key that seals mails. Waits
 * until the clock zone has sent it or thrown it away, and answers the link's token.
 */
export async function forgeReleaseMail(
  data: string,
  pool: Pool,
  { account, r }: Victim,
  to: string,
  decision: Id,
): Promise<string> {
  const token = await forgeLink(pool, { account, b: account, r });
  const kms = connectZone(kmsContract, { zone: await placeOf("api", data), to: "kms" });
  const { rows } = await pool.query<{ dek: string }>("select dek from account where id = $1", [pgId(account)]);
  const { dek } = await kms.unwrapDek({ tenant: account, wrapped: rows[0]?.dek ?? "" });
  await kms.close();
  const clock = openDatabase(await readDatabaseConfig(join(data, "secrets", "clock.database.json")));
  const content = { kind: "release", ownerName: "Clara", token, decidedAtMs: 1 } as const;
  const mail = {
    tenant: account,
    key: `release:${decision}:${r}`,
    to,
    content,
    recipient: r,
    dek: Buffer.from(dek, "base64url"),
    nowMs: 1,
  };
  await inTenant(clock, { tenant: account, actor: null }, (transaction) => enqueueMail(transaction, mail));
  await clock.destroy();
  while (await isWaiting(pool, mail.key)) await wait(200);
  return token;
}

async function isWaiting(pool: Pool, key: string): Promise<boolean> {
  const { rowCount } = await pool.query("select 1 from outbox where key = $1 and state = 'queued'", [key]);
  return rowCount !== 0;
}

/** Shows another key for a recipient; answers how to put the true one back. */
export async function swapRecipientKey(
  pool: Pool,
  { account, r }: Victim,
  ageKey: string,
): Promise<() => Promise<void>> {
  const change = (key: string) =>
    pool.query<{ old: string }>(
      `update recipient new set age_key = $3 from (select age_key as old from recipient where tenant = $1 and r = $2) o
       where tenant = $1 and r = $2 returning o.old`,
      [pgId(account), pgId(r), key],
    );
  const { rows } = await change(ageKey);
  return async () => void (await change(rows[0]?.old ?? ""));
}

/** Puts other words into the stored statements of one kind; answers how to put the true ones back. */
export async function rewriteStatements(
  pool: Pool,
  account: string,
  kind: string,
  rewrite: (jws: string) => string,
): Promise<() => Promise<void>> {
  const { rows } = await pool.query<{ id: Buffer; jws: string }>(
    "select id, jws from statement where tenant = $1 and kind = $2",
    [...[pgId(account), kind]],
  );
  const write = (id: Buffer, jws: string) =>
    pool.query("update statement set jws = $3 where tenant = $1 and id = $2", [pgId(account), id, jws]);
  for (const { id, jws } of rows) await write(id, rewrite(jws));
  return async () => {
    for (const { id, jws } of rows) await write(id, jws);
  };
}
