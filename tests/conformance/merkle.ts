import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64 } from "@afterkeep/bytes";
import { verifyConsistency, verifyInclusion } from "@afterkeep/merkle";
import type { Runner } from "./report.ts";

type Proof = { readonly proof: readonly string[] | null; readonly wantErr: boolean; readonly file: string };
type Inclusion = Proof & { leafIdx: number; treeSize: number; root: string; leafHash: string };
type Consistency = Proof & { size1: number; size2: number; root1: string; root2: string };

const bytes = (text: string | null) => decodeBase64(text ?? "", "padded");
const hashes = (proof: readonly string[] | null) => (proof ?? []).map(bytes);

/** Inclusion and consistency proofs of RFC 6962, good and bad (transparency-dev/merkle). */
export const merkleRunner: Runner = {
  title: "merkle rfc6962",
  covers: (path) => path === "merkle-rfc6962.json",
  run: (folder, paths, report) => {
    for (const path of paths) {
      const vectors: { inclusion: Inclusion[]; consistency: Consistency[] } = JSON.parse(
        readFileSync(join(folder, path), "utf8"),
      );
      for (const v of vectors.inclusion) {
        report.check(v.file, () => {
          const isValid = verifyInclusion(bytes(v.leafHash), v.leafIdx, v.treeSize, hashes(v.proof), bytes(v.root));
          return isValid === !v.wantErr;
        });
      }
      for (const v of vectors.consistency) {
        report.check(v.file, () => {
          const isValid = verifyConsistency(v.size1, v.size2, hashes(v.proof), bytes(v.root1), bytes(v.root2));
          return isValid === !v.wantErr;
        });
      }
      console.log(`${path}: subtreeinclusion and subtreeconsistency are not run; this product makes no subtree proofs`);
    }
  },
};
