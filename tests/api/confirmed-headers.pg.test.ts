import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import {
  aManifest,
  anUploadedDocument,
  commit,
  type Place as ManifestPlace,
  type SealedDocument,
  vault,
} from "../stack/a-document.ts";
import { dayMs, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

type Place = Pick<SealedDocument, "doc" | "ver">;

/** What anybody with the session can do: a header of any bytes. */
async function putHeader(owner: Owner, { doc, ver }: Place, expectedRev: number): Promise<string> {
  const header = sealedText(200);
  await owner.ask("putHeader", { params: { doc, ver }, body: { header, expectedRev } });
  return header;
}

/** A signed manifest whose signer says which header of each document opened. */
async function aConfirmingManifest(owner: Owner, place: ManifestPlace, documents: readonly [SealedDocument, number][]) {
  const manifest = await aManifest(
    owner,
    place,
    documents.map(([document]) => document),
  );
  const entries = documents.map(([{ doc, ver }, headerRev]) => ({ doc, ver, rev: 0, headerRev }));
  return { ...manifest, entries };
}

async function confirm(owner: Owner, place: ManifestPlace, documents: readonly [SealedDocument, number][]) {
  const { receipt } = await owner.ask("commitManifest", { body: await aConfirmingManifest(owner, place, documents) });
  await owner.take(receipt);
}

async function headersOf(owner: Owner, { ver }: Place) {
  const row = (await owner.ask("listDocuments")).documents.find((one) => one.ver === ver);
  return [row?.header, row?.confirmedHeader];
}

describe("a header that a stolen session wrote", () => {
  it("stands beside the one that the owner confirmed, until a signed manifest confirms another", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const announced = document.announced["header"];
      await putHeader(owner, document, 0);
      await commit(owner, vault(1), [document]);
      const rubbish = await putHeader(owner, document, 1);
      expect(await headersOf(owner, document)).toEqual([rubbish, announced]);
      // The vault goes on naming it, whatever became of its header.
      await commit(owner, vault(2), [document, await anUploadedDocument(owner)]);
      expect(await headersOf(owner, document)).toEqual([rubbish, announced]);
      await confirm(owner, vault(3), [[document, 1]]);
      expect(await headersOf(owner, document)).toEqual([rubbish, announced]);
      const good = await putHeader(owner, document, 2);
      const manifest = await aConfirmingManifest(owner, vault(4), [[document, 3]]);
      await owner.take((await owner.ask("commitManifest", { body: manifest })).receipt);
      expect(await headersOf(owner, document)).toEqual([good, ""]);
      const again = await putHeader(owner, document, 3);
      const { doc, ver } = document;
      await owner.ask("commitManifest", { body: { ...manifest, entries: [{ doc, ver, rev: 0, headerRev: 4 }] } });
      expect(await headersOf(owner, document)).toEqual([again, good]);
    }));

  it("does not keep a recipient out, and lets nobody back in to what was taken out of a bequest", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const recipient = await aRecipient(owner);
      const { b, document } = await anArmedBequest(owner, recipient);
      const second = await anUploadedDocument(owner);
      await commit(owner, vault(2), [document, second]);
      const shared = [await putHeader(owner, document, 0), await putHeader(owner, second, 0)];
      await confirm(owner, { b, g: 1, mseq: 2 }, [
        [document, 1],
        [second, 1],
      ]);
      await putHeader(owner, second, 1);
      await confirm(owner, { b, g: 1, mseq: 3 }, [[document, 1]]);
      const rubbish = await putHeader(owner, document, 1);
      await stack.silence(55 * dayMs);
      const { documents } = await recipient.ask("getBundle", { params: { b } });
      const given = new Map(documents.map((row) => [row.doc, [row.header, row.confirmedHeader]]));
      expect(given.get(document.doc)).toEqual([rubbish, shared[0]]);
      expect(given.get(second.doc)?.[1]).toBe("");
      expect(await headersOf(owner, second)).toEqual([given.get(second.doc)?.[0], shared[1]]);
    }));

  it("written between a bequest's headers and its manifest is not confirmed, and the owner hears of it before anything counts", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      await commit(owner, vault(1), [document]);
      const b = freshId();
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      await putHeader(owner, document, 0);
      const rubbish = await putHeader(owner, document, 1);
      const statements = await owner.ask("listStatements", { query: { after: "-1" } });
      const raced = await aConfirmingManifest(owner, { b, g: 1, mseq: 1 }, [[document, 1]]);
      await expect(owner.ask("commitManifest", { body: raced })).rejects.toThrow("header-changed");
      expect(await owner.ask("listStatements", { query: { after: "-1" } })).toEqual(statements);
      // A signer that says nothing of headers confirms none.
      await commit(owner, { b, g: 1, mseq: 1 }, [document]);
      expect(await headersOf(owner, document)).toEqual([rubbish, document.announced["header"]]);
    }));
});
