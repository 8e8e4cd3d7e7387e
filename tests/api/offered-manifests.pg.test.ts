import { setTimeout as wait } from "node:timers/promises";
import { settleOffers, tidyUp } from "@afterkeep/api";
import { problem } from "@afterkeep/contracts";
import { DependencyError, pgId } from "@afterkeep/platform";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { aManifest, anUploadedDocument, commit, type SealedDocument, vault } from "../stack/a-document.ts";
import { type Answer, dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

type Submit = Stack["api"]["services"]["keyholder"]["submit"];

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const send = (owner: Owner, body: unknown) =>
  owner.stack.ask({ method: "POST", url: "/v1/manifests", body, token: owner.token });
const discard = (owner: Owner, { doc, ver }: SealedDocument) =>
  owner.stack.ask({ method: "DELETE", url: `/v1/documents/${doc}/versions/${ver}`, token: owner.token });
const listed = async (owner: Owner) => (await owner.ask("listDocuments")).documents.map(({ ver }) => ver);

/** The keyholder as it is while `work` runs: `submit` stands before it. */
async function withSubmit<Result>({ api }: Stack, submit: (real: Submit) => Submit, work: () => Promise<Result>) {
  const { keyholder } = api.services;
  api.services.keyholder = { ...keyholder, submit: submit(keyholder.submit) };
  try {
    return await work();
  } finally {
    api.services.keyholder = keyholder;
  }
}

function away(): never {
  throw new DependencyError("keyholder-away", "The keyholder does not answer.");
}

const acceptedAndLost = (real: Submit): Submit => {
  return async (statement) => {
    await real(statement);
    return away();
  };
};

async function offers({ database }: Stack): Promise<number> {
  const admin = database.pool("superuser");
  const { rows } = await admin.query<{ n: number }>("select count(*)::int as n from manifest_offer");
  await admin.end();
  return rows[0]?.n ?? -1;
}

/** The lock that `dawdle` waits for. */
const dawdled = 1;

/** Answers of two calls of which the second begins while the first waits for `dawdle`'s lock; both go on once the second waits too. */
async function meet(admin: pg.Pool, first: () => Promise<Answer>, second: () => Promise<Answer>): Promise<Answer[]> {
  const holder = await admin.connect();
  try {
    await holder.query(`select pg_advisory_lock(${dawdled})`);
    const begun = first();
    await untilWaiting(admin, 1, begun);
    const next = second();
    await untilWaiting(admin, 2, next);
    await holder.query(`select pg_advisory_unlock(${dawdled})`);
    return await Promise.all([begun, next]);
  } finally {
    // Why closed and not given back: what it may still hold would keep the calls, and all that waits for them.
    holder.release(true);
  }
}

/** Until one session waits for `dawdle`'s lock, and `count` for it or for one another. Fails if `call` was answered without. */
async function untilWaiting(admin: pg.Pool, count: number, call: Promise<Answer>): Promise<void> {
  const answered = call.then(() => "answered" as const);
  for (;;) {
    const found = await admin.query<{ wait_event: string }>(
      "select wait_event from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    if (found.rows.length >= count && found.rows.some(({ wait_event }) => wait_event === "advisory")) return;
    if ((await Promise.race([answered, wait(5)])) === "answered") throw new Error("it waited for nobody");
  }
}

describe("a manifest that the keyholder is asked about", () => {
  it("holds every version that it names: none can be discarded or swept until it is stored", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const one = await anUploadedDocument(owner);
      const body = await aManifest(owner, vault(1), [one]);
      const discarded: Answer[] = [];
      const racing = (real: Submit): Submit => {
        return async (statement) => {
          const receipt = await real(statement);
          discarded.push(await discard(owner, one));
          stack.clock.advance(29 * dayMs);
          await tidyUp(stack.api.services);
          return receipt;
        };
      };
      expect((await withSubmit(stack, racing, () => send(owner, body))).status).toBe(200);
      expect(discarded.map((answer) => `${answer.status} ${codeOf(answer)}`)).toEqual(["409 document-offered"]);
      await owner.signIn();
      expect([await listed(owner), await offers(stack)]).toEqual([[one.ver], 0]);
    }));

  it("and a discard at the same time wait for each other: what the vault names is there, whoever was first", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const admin = stack.database.pool("superuser");
      // A database that keeps both waiting for as long as the test holds its lock, so that they do meet.
      await admin.query(`create function dawdle() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(${dawdled}); return coalesce(new, old); end $$;
        create trigger dawdle before insert on manifest_offer for each row execute function dawdle();
        create trigger dawdle before delete on document for each row execute function dawdle()`);
      for (const isDiscardFirst of [true, false]) {
        const one = await anUploadedDocument(owner);
        const body = await aManifest(owner, vault(1), [one]);
        const [removed, offered] = [() => discard(owner, one), () => send(owner, body)];
        const answers = await (isDiscardFirst ? meet(admin, removed, offered) : meet(admin, offered, removed));
        const codes = answers.map((answer) => `${answer.status} ${codeOf(answer)}`);
        expect(codes).toEqual(["200 ", isDiscardFirst ? "409 documents-not-ready" : "409 document-offered"]);
        expect(await listed(owner)).toEqual(isDiscardFirst ? [] : [one.ver]);
      }
      await admin.end();
    }));

  it("is stored as it was offered first, for a bequest too, as soon as the chain is read again", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      await commit(owner, vault(1), [one, two]);
      const b = freshId();
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      const body = await aManifest(owner, { b, g: 1, mseq: 1 }, [one]);
      expect((await withSubmit(stack, acceptedAndLost, () => send(owner, body))).status).toBe(503);
      expect((await send(owner, { ...body, entries: [{ doc: two.doc, ver: two.ver, rev: 0 }] })).status).toBe(200);
      const admin = stack.database.pool("superuser");
      const { rows } = await admin.query<{ vers: string[] }>("select vers from manifest where b = $1", [pgId(b)]);
      await admin.end();
      expect(rows.map(({ vers }) => vers)).toEqual([[one.ver]]);
      await owner.refreshHead();
      const renamed = { doc: one.doc, ver: one.ver, rev: 1 };
      const metadata = sealedText(300);
      const next = await aManifest(owner, vault(2), [renamed], [{ ...renamed, metadata }]);
      expect((await withSubmit(stack, acceptedAndLost, () => send(owner, next))).status).toBe(503);
      expect(await listed(owner)).toHaveLength(2);
      await owner.refreshHead();
      expect((await owner.ask("listDocuments")).documents).toMatchObject([{ ver: one.ver, rev: 1, metadata }]);
      expect(await offers(stack)).toBe(0);
    }));

  it("holds nothing once it was refused, and of those that stay open only a few are kept", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const one = await anUploadedDocument(owner);
      const bodies = [];
      for (let i = 0; i < 7; i++) bodies.push(await aManifest(owner, vault(1), [one]));
      for (const body of bodies.slice(1))
        expect(
          (
            await withSubmit(
              stack,
              () => async () => away(),
              () => send(owner, body),
            )
          ).status,
        ).toBe(503);
      expect(await offers(stack)).toBe(4);
      const { statement, ...forged } = await aManifest(owner, vault(1), [one]);
      const refused = await send(owner, { ...forged, statement: statement.replace(/.{8}$/, "AAAAAAAA") });
      expect([refused.status, codeOf(refused)]).toEqual([400, "statement-signature"]);
      expect(await offers(stack)).toBe(3);
    }));

  it("is forgotten after 30 days, but never one that was accepted, nor while nobody can say whether it was", () =>
    withStack(async (stack) => {
      const [taken, left] = [await anOwner(stack), await anOwner(stack)];
      const documents = [await anUploadedDocument(taken), await anUploadedDocument(left)];
      const [first, second] = documents;
      if (first === undefined || second === undefined) throw new Error("no document");
      const [mine, theirs] = [await aManifest(taken, vault(1), [first]), await aManifest(left, vault(1), [second])];
      await withSubmit(stack, acceptedAndLost, () => send(taken, mine));
      await withSubmit(
        stack,
        () => async () => away(),
        () => send(left, theirs),
      );
      const { services } = stack.api;
      stack.clock.advance(30 * dayMs);
      await settleOffers(services);
      expect(await offers(stack)).toBe(2);
      stack.clock.advance(1);
      const { keyholder } = services;
      services.keyholder = { ...keyholder, statements: async () => away() };
      await settleOffers(services);
      expect(await offers(stack)).toBe(2);
      services.keyholder = keyholder;
      await settleOffers(services);
      await tidyUp(services);
      expect(await offers(stack)).toBe(0);
      for (const owner of [taken, left]) await owner.signIn();
      expect([await listed(taken), (await discard(left, second)).status]).toEqual([[first.ver], 200]);
    }));
});

describe("metadata that no manifest names any more", () => {
  it("goes when a manifest commits, but for the newest of each version", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, pending] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      await commit(owner, vault(1), [one]);
      for (let rev = 1; rev <= 17; rev++) {
        const key = { doc: one.doc, ver: one.ver, rev };
        await commit(owner, vault(rev + 1), [key], [{ ...key, metadata: sealedText(300) }]);
      }
      const admin = stack.database.pool("superuser");
      const { rows } = await admin.query<{ ver: string; revs: number[] }>(
        "select ver, array_agg(rev order by rev) as revs from document_metadata group by ver order by 2 desc",
      );
      await admin.end();
      const revs = Array.from({ length: 16 }, (_, i) => i + 2);
      expect(rows).toEqual([
        { ver: one.ver, revs },
        { ver: pending.ver, revs: [0] },
      ]);
    }));
});
