import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutant } from "../mutants/mutants.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const urlOf = (path: string) => pathToFileURL(join(root, path)).href;

const standIns = new Map(
  [
    ["common/bytes/src/base64url.ts", "base64url.ts"],
    ["common/crypto/src/digest.ts", "digest.ts"],
    ["common/crypto/src/ed25519.ts", "ed25519.ts"],
    ["common/formats/src/age-keys.ts", "age-keys.ts"],
    ["common/formats/src/age-small.ts", "age-small.ts"],
    ["server/keyholder/src/keys/private-file.ts", "private-file.ts"],
  ].map(([real = "", standIn = ""]) => [urlOf(real), urlOf(`tests/simulation/stand-ins/${standIn}`)]),
);

const store = urlOf("server/keyholder/src/store/store.ts");
const quickSqlite = urlOf("tests/simulation/stand-ins/sqlite.ts");

/**
 * Loads the stand-ins for signatures, age and the disk instead of the product's own. Why by a hook of the module loader: the product
 * has no switch for it, so nothing that is started in any other way can have one on.
 */
export function injectStandIns(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "node:sqlite" && context.parentURL === store) return next(quickSqlite, context);
      const resolved = next(specifier, context);
      return { ...resolved, url: standIns.get(resolved.url) ?? resolved.url };
    },
  });
}

/** Loads one file of the product with a seeded bug. Throws unless the place is found exactly once. */
export function plantMutant({ file, find, replace }: Mutant): void {
  const places = readFileSync(join(root, file), "utf8").split(find).length - 1;
  if (places !== 1) throw new Error(`${file}: the mutant's place is there ${places} times`);
  const planted = urlOf(file);
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (url !== planted) return loaded;
      return { ...loaded, source: readFileSync(fileURLToPath(url), "utf8").replace(find, () => replace) };
    },
  });
}
