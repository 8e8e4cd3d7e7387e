import { type AccountView, manifestPlace, newestManifest } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import type { OpenedStatement } from "./sign.ts";

/** A manifest may come before its bequest's policy: arming needs one. */
export function foldManifest(view: AccountView, { id, body }: OpenedStatement<"manifest">): AccountView {
  const { b, g, mseq, manifestHash } = body;
  const before = newestManifest(view, b, g);
  expectThat(before === null || mseq > before.mseq, "mseq");
  const place = manifestPlace(b, g);
  const all = [...(view.manifests.get(place) ?? []), { id, mseq, manifestHash }];
  return { ...view, manifests: new Map(view.manifests).set(place, all) };
}
