import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeySeal } from "@afterkeep/platform";
import { writePrivateFileNow } from "./private-file.ts";

export const keyFileNames = ["signing.key", "share.kek", "blob.identity"] as const;
type KeyFileName = (typeof keyFileNames)[number];

/** The keyholder's key files as they lie in its folder: 0600, sealed with `seal`. */
export class KeyFiles {
  readonly #folder: string;
  readonly #seal: KeySeal;
  readonly #bare = new Map<KeyFileName, string>();

  constructor(folder: string, seal: KeySeal) {
    this.#folder = folder;
    this.#seal = seal;
  }

  has(name: KeyFileName): boolean {
    return existsSync(this.#path(name));
  }

  /** The content of a key file, made first when it is missing: then it is whole and on disk when this returns. */
  readOrCreate(name: KeyFileName, make: () => string): string {
    if (!this.has(name)) writePrivateFileNow(this.#path(name), this.#seal.seal(name, make()));
    const { content, isBare } = this.#seal.open(name, readFileSync(this.#path(name), "utf8").trim());
    if (isBare) this.#bare.set(name, content);
    return content;
  }

  /** Seals what was read and lay there unsealed. Why not at once: damaged keys must stay as they were found. */
  sealBare(): void {
    for (const [name, content] of this.#bare) writePrivateFileNow(this.#path(name), this.#seal.seal(name, content));
    this.#bare.clear();
  }

  #path(name: KeyFileName): string {
    return join(this.#folder, name);
  }
}
