import { createHash } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import type { AuditEntry } from "@afterkeep/platform";
import type { Draw } from "@afterkeep/platform/testing/memory";
import type { Kysely } from "kysely";
import type { Tx } from "../../context/call.ts";
import type { ApiTables } from "../../services.ts";
import type * as accounts from "../../storage/accounts.ts";
import type * as bequests from "../../storage/bequests.ts";
import type * as metadata from "../../storage/document-metadata.ts";
import type * as documents from "../../storage/documents.ts";
import type * as lookups from "../../storage/lookups.ts";
import type * as offers from "../../storage/manifest-offers.ts";
import type * as manifests from "../../storage/manifests.ts";
import type * as statements from "../../storage/statements.ts";

/** What is written again over memory, of all that the api asks of its database. */
export type Storage = Pick<typeof accounts, "readAccount" | "lockAccount"> &
  Pick<typeof bequests, "readBequest"> &
  Pick<typeof lookups, "summarizeTenants" | "digestTenants" | "findOldOffers"> &
  Pick<
    typeof documents,
    "countReady" | "countOtherHeaders" | "postponeRemoval" | "confirmHeaders" | "commitDocuments"
  > &
  Pick<typeof metadata, "readRevs" | "insertRevisions" | "deleteUnnamedRevisions"> &
  Omit<typeof offers, "isVersionOffered"> &
  Omit<typeof manifests, "keptManifests"> &
  typeof statements;

export type Side = { readonly storage: Storage; readonly db: Kysely<ApiTables> };
/** One call, drawn once and made on both sides. */
export type Step = { readonly name: string; readonly run: (side: Side, tx: Tx) => Promise<unknown> };

/** The third account is unknown to the database. */
export const tenants = [newId(1_001), newId(1_002), newId(1_003)] as const;
export const places = [newId(3_001), newId(3_002)] as const;
export const startMs = 1_800_000_000_000;

const kinds = ["key", "policy", "disarm", "manifest", "pause", "checkin", "revoke-device", "token"] as const;
const chained: ReadonlySet<string> = new Set(["key", "policy", "manifest"]);
const howMany = 16;

/** The `i`th statement of an account. Every eighth has the place in the chain of another one, every ninth the number of its receipt. */
function rowOf(tenant: string, i: number): statements.NewStatement {
  const kind = kinds[i % kinds.length] ?? "key";
  return {
    ...{ tenant, id: idOf(i), kind, seq: chained.has(kind) ? i % 8 : null, jws: `statement ${i}` },
    ...{ receipt: `receipt ${i}`, receipt_epoch: i % 3, receipt_counter: i % 9, accepted_at: startMs + i },
  };
}

function idOf(i: number): Buffer {
  return createHash("sha256").update(String(i)).digest();
}

type Drawn = { readonly draw: Draw; readonly tenant: string };
type Maker = (drawn: Drawn) => Step["run"];

const drawnId = ({ draw }: Drawn) => idOf(draw.below(howMany));
/** Mostly the transaction's own. */
const drawnTenant = ({ draw, tenant }: Drawn) => (draw.chance(85) ? tenant : draw.pick([...tenants]));

function insertion(drawn: Drawn): Step["run"] {
  const { draw, tenant: seen } = drawn;
  const tenant = drawnTenant(drawn);
  const row = rowOf(tenant, draw.below(howMany));
  const noted: AuditEntry = {
    ...{ at: row.accepted_at, account: tenant, actor: "owner", actorId: tenant, action: "statement.checkin" },
    ...{ resource: "", requestId: "r" },
  };
  return async (side, tx) => side.storage.insertStatement(tx, { tenant: seen, actor: null }, row, noted);
}

const ofStatements: Record<string, Maker> = {
  insertStatement: insertion,
  insertAnother: insertion,
  readChain: ({ draw }) => {
    const [after, limit] = [draw.below(9) - 1, 1 + draw.below(4)];
    return async (side, tx) => ordered(await side.storage.readChain(tx, after, limit));
  },
  readRevocations: () => async (side, tx) => ordered(await side.storage.readRevocations(tx, 2)),
  readStops: () => async (side, tx) => ordered(await side.storage.readStops(tx, 3)),
  readNewestSeq: () => async (side, tx) => side.storage.readNewestSeq(tx),
  readNewestReceipt: () => async (side, tx) => side.storage.readNewestReceipt(tx),
  readTellingReceipts: () => async (side, tx) => ordered(await side.storage.readTellingReceipts(tx)),
  readPosition: ({ draw }) => {
    const seq = draw.below(8);
    return async (side, tx) => side.storage.readPosition(tx, seq);
  },
  readKeptAfter: ({ draw }) => {
    const after = { receipt_epoch: draw.below(3), receipt_counter: draw.below(howMany) };
    return async (side, tx) => ordered(await side.storage.readKeptAfter(tx, after, 3));
  },
};

function offerOf(drawn: Drawn): offers.OfferRow {
  const { draw } = drawn;
  const i = draw.below(howMany);
  return {
    ...{ tenant: drawnTenant(drawn), statement_id: idOf(i), b: draw.pick([...places]), g: draw.below(2), mseq: i },
    ...{ body: Buffer.from("list"), docs: [], vers: [], revs: [], header_revs: [], metadata: [], size: 4 },
    offered_at: startMs + i * 1000,
  };
}

const ofOffers: Record<string, Maker> = {
  insertOffer: (drawn) => {
    const row = offerOf(drawn);
    return async (side, tx) => side.storage.insertOffer(tx, row);
  },
  readOffer: (drawn) => {
    const id = drawnId(drawn);
    return async (side, tx) => side.storage.readOffer(tx, id);
  },
  isOffered: (drawn) => {
    const id = drawnId(drawn);
    return async (side, tx) => side.storage.isOffered(tx, id);
  },
  countOffers: ({ draw }) => {
    const b = draw.pick([...places]);
    return async (side, tx) => side.storage.countOffers(tx, b);
  },
  deleteOlderOffers: (drawn) => {
    const offer = offerOf(drawn);
    return async (side, tx) => side.storage.deleteOlderOffers(tx, offer, 3);
  },
  deleteOffer: (drawn) => {
    const id = drawnId(drawn);
    return async (side, tx) => side.storage.deleteOffer(tx, id);
  },
  deleteOffersUpTo: (drawn) => {
    const offer = offerOf(drawn);
    return async (side, tx) => side.storage.deleteOffersUpTo(tx, offer);
  },
  deleteOffersBefore: ({ draw }) => {
    const before = startMs + draw.below(6) * 1000;
    return async (side, tx) => side.storage.deleteOffersBefore(tx, before);
  },
};

const ofManifests: Record<string, Maker> = {
  insertManifest: (drawn) => {
    const { draw } = drawn;
    const named = { tenant: drawnTenant(drawn), b: draw.pick([...places]), g: draw.below(2), mseq: draw.below(40) };
    const row = { ...named, body: Buffer.from("list"), statement_id: drawnId(drawn), docs: [], vers: [], revs: [] };
    return async (side, tx) => side.storage.insertManifest(tx, { ...row, created_at: startMs });
  },
  isManifestStored: (drawn) => {
    const id = drawnId(drawn);
    return async (side, tx) => side.storage.isManifestStored(tx, id);
  },
  deleteOldManifests: ({ draw }) => {
    const place = { b: draw.pick([...places]), g: draw.below(2) };
    return async (side, tx) => side.storage.deleteOldManifests(tx, place);
  },
  readManifests: ({ draw }) => {
    const which = { b: draw.pick([...places]), ...(draw.chance(50) ? { g: draw.below(2) } : {}), limit: 3 };
    return async (side, tx) => ordered(await side.storage.readManifests(tx, which));
  },
};

const ofTheRest: Record<string, Maker> = {
  readAccount: () => async (side, tx) => side.storage.readAccount(tx),
  lockAccount: () => async (side, tx) => side.storage.lockAccount(tx),
  readBequest: ({ draw }) => {
    const b = draw.pick([...places]);
    return async (side, tx) => side.storage.readBequest(tx, b);
  },
  noDocuments: () => async (side, tx) => {
    const { storage } = side;
    await storage.postponeRemoval(tx, [], startMs);
    await storage.confirmHeaders(tx, []);
    await storage.commitDocuments(tx, [], startMs);
    await storage.insertRevisions(tx, "", []);
    await storage.deleteUnnamedRevisions(tx);
    const counted = [await storage.countReady(tx, [], ["committed"]), await storage.countOtherHeaders(tx, [])];
    return [...counted, await storage.readRevs(tx, [])];
  },
};

/** Those that go past every tenant, in a transaction of their own. */
const ofNobody: Record<string, Maker> = {
  summarizeTenants: ({ draw }) => {
    const [after, limit] = [draw.pick([null, ...tenants]), 1 + draw.below(2)];
    return async (side) => ordered(await side.storage.summarizeTenants(side.db, after, limit));
  },
  digestTenants: ({ draw }) => {
    const [after, limit] = [draw.pick([null, ...tenants]), 1 + draw.below(2)];
    return async (side) => ordered(await side.storage.digestTenants(side.db, after, limit));
  },
  findOldOffers: ({ draw }) => {
    const before = startMs + draw.below(howMany) * 1000;
    return async (side) => side.storage.findOldOffers(side.db, before);
  },
};

/** Says that the order is part of the answer. */
function ordered(rows: readonly unknown[]): unknown {
  return { inOrder: Object.fromEntries(rows.entries()) };
}

const inTransactions = Object.entries({ ...ofStatements, ...ofOffers, ...ofManifests, ...ofTheRest });
const alone = Object.entries(ofNobody);

export function drawStep(draw: Draw, tenant: string): Step {
  return drawFrom(inTransactions, { draw, tenant });
}

/** The same, often what every change of an account's chain begins with. */
export function drawMeetingStep(draw: Draw, tenant: string): Step {
  const makers = inTransactions.filter(([name]) => name === "lockAccount");
  return drawFrom(draw.chance(30) ? makers : inTransactions, { draw, tenant });
}

export function drawStepAlone(draw: Draw): Step {
  return drawFrom(alone, { draw, tenant: "" });
}

function drawFrom(makers: readonly [string, Maker][], drawn: Drawn): Step {
  const [name, make] = makers[drawn.draw.below(makers.length)] ?? ["nothing", () => async () => null];
  return { name, run: make(drawn) };
}
