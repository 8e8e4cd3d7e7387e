import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Id } from "@afterkeep/bytes";
import { type Product, startProduct } from "../../../scripts/stage/product.ts";
import {
  aFile,
  aNote,
  anInvited,
  anOwner,
  armed,
  aVerified,
  farAway,
  type Owner,
  planned,
  type Recipient,
} from "./a-household.ts";
import { aHostileApi, type HostileApi } from "./a-hostile-api.ts";

/** People on the real clock who reach the real product only through an api that may lie. */
export type Deceived = {
  readonly product: Product;
  readonly api: HostileApi;
  readonly clara: Owner;
  /** Who runs the lying api has an account like anybody. */
  readonly mallory: Owner;
  /** Verified and in an armed bequest. */
  readonly ada: Recipient;
  /** Has a key; nobody compared words yet. */
  readonly dora: Recipient;
  /** A second bequest for Ada, not armed. */
  readonly plan: Id;
};

/** `closing` gets what is to be closed, last first. */
export async function beginLying(closing: (() => Promise<unknown>)[]): Promise<Deceived> {
  const folder = await mkdtemp(join(tmpdir(), "ak-lies-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const product = await startProduct({ data: join(folder, "data"), mode: "local" });
  closing.push(product.stop);
  const api = await aHostileApi(product.url);
  closing.push(api.close);
  const place = { product, serverUrl: api.url, folder };
  const [clara, mallory] = [await anOwner(place, "Clara"), await anOwner(place, "Mallory")];
  const sealed = await clara
    .device()
    .seal([aFile("will.pdf", randomBytes(1_300_000)), aNote("keys", "The blue one.\n")]);
  const ada = await aVerified(place, clara, "Ada");
  const dora = await anInvited(place, clara, "Dora");
  const left = { to: ada, documents: sealed.map(({ doc }) => doc), message: "For you.\n", times: farAway };
  await armed(clara, left);
  const plan = await planned(clara, left);
  for (const owner of [clara, mallory]) await owner.device().checkIn();
  return { product, api, clara, mallory, ada, dora, plan };
}
