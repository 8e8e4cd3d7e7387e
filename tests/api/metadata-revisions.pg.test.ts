import { problem } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import {
  aManifest,
  anUploadedDocument,
  type BroughtMetadata,
  commit,
  type Place,
  type SealedDocument,
  vault,
} from "../stack/a-document.ts";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { type Answer, dayMs, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const post = (owner: Owner, body: unknown) =>
  owner.stack.ask({ method: "POST", url: "/v1/manifests", body, token: owner.token });
/** One version under another revision, and the sealed text that comes with it. */
const renamed = ({ doc, ver }: Pick<SealedDocument, "doc" | "ver">, rev: number, metadata = sealedText(600)) => ({
  entry: { doc, ver, rev },
  brought: { doc, ver, rev, metadata },
});
const rows = async (owner: Owner) =>
  (await owner.ask("listDocuments")).documents.map(({ doc, rev, metadata }) => ({ doc, rev, metadata }));

describe("a rename", () => {
  it("is a new revision that comes with the manifest that names it, and writes no byte of an object", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const { doc } = document;
      await commit(owner, vault(1), [document]);
      const first = renamed(document, 1);
      await commit(owner, vault(2), [first.entry], [first.brought]);
      expect(await rows(owner)).toEqual([{ doc, rev: 1, metadata: first.brought.metadata }]);
      // Revisions need not follow each other closely, only forward.
      const later = renamed(document, 7);
      await commit(owner, vault(3), [later.entry], [later.brought]);
      expect(await rows(owner)).toEqual([{ doc, rev: 7, metadata: later.brought.metadata }]);
      expect(await stack.rowCounts()).toMatchObject({ document: 1, document_part: 1, document_metadata: 3 });
      await commit(owner, vault(4), [later.entry]);
      expect(await rows(owner)).toEqual([{ doc, rev: 7, metadata: later.brought.metadata }]);
    }));

  it("is refused before the keyholder hears of it when it is foreign, repeated, older, other than stored or missing", () =>
    withStack(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      const [document, beside] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      const foreign = await anUploadedDocument(other);
      const now = renamed(document, 3);
      await commit(owner, vault(1), [now.entry, beside], [now.brought]);
      const send = async (entries: object[], metadata: BroughtMetadata[], place: Place = vault(2)) => {
        const manifest = await aManifest(owner, place, []);
        return codeOf(await post(owner, { ...manifest, entries, metadata }));
      };
      const [older, same, next] = [renamed(document, 2), renamed(document, 3), renamed(document, 4)];
      const tried: [string, object[], BroughtMetadata[]][] = [
        ["documents-not-ready", [next.entry], []],
        ["documents-not-ready", [renamed(foreign, 1).entry], [renamed(foreign, 1).brought]],
        ["metadata-not-named", [now.entry], [next.brought]],
        ["metadata-not-named", [now.entry], [renamed(foreign, 1).brought]],
        ["metadata-not-named", [next.entry], [next.brought, renamed(document, 4).brought]],
        ["metadata-older", [older.entry], [older.brought]],
        ["metadata-older", [renamed(document, 0).entry], []],
        ["metadata-exists", [same.entry], [same.brought]],
        ["entries-repeated", [now.entry, next.entry], [next.brought]],
      ];
      for (const [code, entries, metadata] of tried)
        expect([code, await send(entries, metadata)]).toEqual([code, code]);
      const b = freshId();
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      expect(await send([older.entry], [older.brought], { b, g: 1, mseq: 1 })).toBe("metadata-older");
      expect(await rows(other)).toEqual([]);
      expect((await owner.challenge("control")).head).toEqual(owner.head);
      // What is stored already may come along again.
      expect(await send([now.entry], [now.brought])).toBe("");
    }));

  it("cannot be done, nor undone, by sending an old or the present manifest again with other lists beside it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two] = [await anUploadedDocument(owner), await anUploadedDocument(owner)];
      const sent: Record<string, unknown>[] = [];
      for (let mseq = 1; mseq <= 17; mseq++) {
        const manifest = await aManifest(owner, vault(mseq), [one, two]);
        sent.push(manifest);
        await owner.take((await owner.ask("commitManifest", { body: manifest })).receipt);
      }
      const before = [await rows(owner), await stack.rowCounts()];
      const { entry, brought } = renamed(one, 1);
      for (const old of [sent[0], sent[8], sent[16]])
        for (const over of [
          { entries: [] },
          { entries: [{ ...entry, rev: 0 }] },
          { entries: [entry], metadata: [brought] },
        ]) {
          const answer = await post(owner, { ...old, ...over });
          expect(answer.status).toBe(200);
        }
      expect([await rows(owner), await stack.rowCounts()]).toEqual(before);
      expect(before[0]).toHaveLength(2);
    }));
});

describe("a release", () => {
  it("holds each revision that its manifests name, and objects of what they name alone", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const recipient = await aRecipient(owner);
      const { b, document } = await anArmedBequest(owner, recipient);
      const secret = await anUploadedDocument(owner);
      const next = renamed(document, 1);
      await commit(owner, vault(2), [next.entry, secret], [next.brought]);
      await commit(owner, { b, g: 1, mseq: 2 }, [next.entry]);
      const hidden = renamed(document, 2);
      await commit(owner, vault(3), [hidden.entry, secret], [hidden.brought]);
      await stack.silence(55 * dayMs);
      const { documents } = await recipient.ask("getBundle", { params: { b } });
      expect(documents.map(({ doc, rev, metadata }) => [doc, rev, metadata])).toEqual([
        [document.doc, 0, document.announced["metadata"]],
        [document.doc, 1, next.brought.metadata],
      ]);
      const ask = ({ doc, ver }: SealedDocument) =>
        stack.api.app.inject({
          method: "GET",
          url: `/v1/recipient/releases/${b}/documents/${doc}/${ver}`,
          headers: { authorization: `Bearer ${recipient.token}`, range: "bytes=0-99" },
        });
      const [given, refused] = [await ask(document), await ask(secret)];
      expect([given.statusCode, given.rawPayload.equals(document.object.subarray(0, 100))]).toEqual([206, true]);
      expect(refused.statusCode).toBe(404);
    }));
});
