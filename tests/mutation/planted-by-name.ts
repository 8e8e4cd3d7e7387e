/** A seeded bug: one place in one file of the product, and the test beside it that must notice. */
export type PlantedBug = {
  readonly name: string;
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly test: string;
  /** Ends of full names of tests in that file, each of which must fail. */
  readonly noticedBy: readonly string[];
};

/**
 * Of protocol §7 what no simulated world can have, because it is of what clients seal and verify: four of the mutants that it lists, and one for each invariant that is judged beside the source alone.
 */
export const plantedByName: readonly PlantedBug[] = [
  {
    name: "skipped context check",
    file: "common/formats/src/gate.ts",
    find: "!equalBytes(body.bequest, bequest) || ",
    replace: "",
    test: "common/formats/src/gate.test.ts",
    noticedBy: ["account", "bequest", "generation", "recipient"].map((place) => `does not open as another ${place}'s`),
  },
  {
    name: "shared G",
    file: "client/sealing/src/generation.ts",
    find: "const gateKey = copyBytes(random(gateKeyLength));",
    replace: "const gateKey = new Uint8Array(gateKeyLength).fill(g);",
    test: "client/sealing/src/generation.test.ts",
    noticedBy: ["gives no recipient the gate to another's outer part"],
  },
  {
    name: "compact-JWS hash",
    file: "common/formats/src/jws.ts",
    find: "id: idOf(signingInput),",
    replace: "id: idOf(encodeUtf8(jws)),",
    test: "common/formats/src/jws.test.ts",
    noticedBy: ["are named by their content, not by their signature"],
  },
  {
    name: "receipt counter not checked",
    file: "common/statements/src/receipt.ts",
    find: 'return expected.seen === null || isAbove(receipt, expected.seen) ? null : "stale";',
    replace: "return null;",
    test: "common/statements/src/receipt.test.ts",
    noticedBy: ["with the counter that was seen", "of an earlier epoch"],
  },
  {
    name: "one key for two plaintexts (S12)",
    file: "client/sdk/src/upload-parts.ts",
    find: 'if (known !== text) throw new UploadUnusableError("file-changed");',
    replace: "",
    test: "client/sdk/src/upload-item.test.ts",
    noticedBy: ["tells of a file that is changed under the same size and time, and seals it under a fresh key"],
  },
  {
    name: "a document under another key than its entry's (S13)",
    file: "client/sealing/src/open-document.ts",
    find: "if (fileKey === null || !equalBytes(fkCommit(fileKey, entry.docId, entry.verId), entry.fkCommit))",
    replace: "if (fileKey === null)",
    test: "client/sealing/src/document.test.ts",
    noticedBy: ["cannot pass where the signed entry commits to another file key"],
  },
  {
    name: "a demonstration's receipt for the real thing (S15)",
    file: "common/statements/src/receipt.ts",
    find: 'if (receipt.mode !== expected.mode) return "mode";',
    replace: "",
    test: "common/statements/src/receipt.test.ts",
    noticedBy: ["of a demonstration", "when a real one answers in a demonstration"],
  },
  {
    name: "one challenge at a time (L10)",
    file: "server/keyholder/src/accept/challenges.ts",
    find: "const claim = randomBytes(length).subarray(0, claimLength);",
    replace: "const claim = randomBytes(length).subarray(0, claimLength); this.#key.set(randomBytes(32));",
    test: "server/keyholder/src/accept/submit.test.ts",
    noticedBy: ["receipts two devices that check in at once"],
  },
  {
    name: "a restore that nobody notices once the store counted on (S8)",
    file: "server/keyholder/src/accept/show-receipt.ts",
    find: "if (kept === null) return true;",
    replace: "if (kept === null) return body.counter > 1_000_000;",
    test: "server/keyholder/src/accept/show-receipt.test.ts",
    noticedBy: [
      "holds also where it counted past what the receipt speaks of: what was disarmed meanwhile decides nothing",
      "holds also where the number of the receipt is that of another one of its own",
    ],
  },
];
