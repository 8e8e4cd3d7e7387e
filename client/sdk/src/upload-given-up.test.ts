import { newId, randomBytes } from "@afterkeep/bytes";
import { planDocument } from "@afterkeep/sealing";
import { describe, expect, it } from "vitest";
import { aLife } from "./testing/a-life.ts";
import { PartsServer } from "./testing/a-parts-server.ts";
import { anOwner } from "./testing/an-owner.ts";
import { memoryJournal } from "./upload-journal.ts";
import { uploadParts } from "./upload-parts.ts";

describe("an upload that another window gives up while it runs", () => {
  it("ends with a refusal in words that says so", async () => {
    const { account, keyring } = await anOwner();
    const { device } = aLife(new PartsServer(2 ** 16), memoryJournal());
    const times = { createdMs: 1, modifiedMs: 1, currentMs: 1 };
    const metadata = { kind: "note" as const, name: "n", folder: "", mediaType: "", size: 5, ...times };
    const place = { account, docId: newId(1), verId: newId(2) };
    const recipients = [keyring.ageRecipient];
    const plan = await planDocument({ ...place, metadata, recipients, random: randomBytes });
    const upload = uploadParts(device, {
      plan,
      source: new Blob(["hello"]).stream(),
      left: new Map(),
      arrived: new Map(),
      partLength: 2 ** 16,
      patience: { wait: device.wait, random: randomBytes, retryForMs: 0 },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    await expect(upload).rejects.toMatchObject({ name: "RefusedError", code: "conflict" });
  });
});
