import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutant } from "../mutants/mutants.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const urlOf = (path: string) => pathToFileURL(join(root, path)).href;
const standIn = (name: string) => urlOf(`tests/simulation/stand-ins/${name}`);

const standIns = new Map(
  [
    ["common/bytes/src/base64url.ts", "base64url.ts"],
    ["common/crypto/src/digest.ts", "digest.ts"],
    ["common/crypto/src/ed25519.ts", "ed25519.ts"],
    ["common/formats/src/age-keys.ts", "age-keys.ts"],
    ["common/formats/src/age-small.ts", "age-small.ts"],
    ["server/keyholder/src/keys/private-file.ts", "private-file.ts"],
    ["server/platform/src/field-encryption/field-cipher.ts", "field-cipher.ts"],
    ["tests/simulation/world/disk.ts", "disk.ts"],
  ].map(([real = "", name = ""]) => [urlOf(real), standIn(name)]),
);

const shared = (name: string) => urlOf(`server/platform/src/testing/memory/${name}`);
const memory = (name: string) => urlOf(`server/clock/src/testing/memory/${name}`);

const apiMemory = (name: string) => urlOf(`server/api/src/testing/memory/${name}`);
const apiStorage = ["accounts", "bequests", "statements", "lookups"];
const manifestStorage = ["manifest-offers", "manifests", "documents", "document-metadata"];

/** The zones' database and the clock zone's own file, in memory in every run: there is no PostgreSQL in a simulation. */
const inMemory = new Map([
  ...[...apiStorage, ...manifestStorage].map(
    (name) => [urlOf(`server/api/src/storage/${name}.ts`), apiMemory(`${name}.ts`)] as const,
  ),
  ...["accounts", "clock-cursor", "outbox", "releases", "reminders", "switch-states"].map(
    (name) => [urlOf(`server/clock/src/storage/${name}.ts`), memory(`${name}.ts`)] as const,
  ),
  [urlOf("server/platform/src/database/in-tenant.ts"), shared("in-tenant.ts")],
  [urlOf("server/platform/src/database/in-tenants.ts"), shared("in-tenants.ts")],
  [urlOf("server/platform/src/audit/append-audit.ts"), shared("append-audit.ts")],
  [urlOf("server/platform/src/files/private-files.ts"), standIn("private-files.ts")],
]);
const pin = urlOf("server/clock/src/keyholder-pin.ts");

const keyholder = urlOf("server/keyholder/src/");
const eyes = urlOf("tests/simulation/world/store-eyes.ts");
/** What the keyholder's files, and whoever looks at them, get instead of the platform's. */
const platform = new Map([
  ["node:sqlite", standIn("sqlite.ts")],
  ["node:fs", standIn("fs.ts")],
]);

type Remembered = {
  readonly name: string;
  readonly how: "remember" | "rememberText" | "rememberBeside" | "rememberOf" | "rememberPassed";
  readonly key?: string;
};

/** A statement ends with its signature, which hardly two have in common. */
const byEnd = "(jws) => jws.slice(-24)";
const byKindAndEnd = "(kind, jws) => kind + jws.slice(-24)";

const remembered = new Map<string, readonly Remembered[]>([
  [
    urlOf("common/formats/src/jws.ts"),
    [
      { name: "parseStatement", how: "rememberText", key: "(jws, kind) => kind + jws.slice(-24)" },
      { name: "peekStatementKind", how: "remember", key: '(jws) => jws.slice(0, 1024).split(".", 1)[0] ?? ""' },
      { name: "verifyParsedStatement", how: "rememberPassed" },
    ],
  ],
  [urlOf("common/statements/src/parse-body.ts"), [{ name: "parseBody", how: "rememberOf" }]],
  [urlOf("common/statements/src/open.ts"), [{ name: "statementIdOf", how: "rememberText", key: byEnd }]],
  [
    urlOf("common/statements/src/chain.ts"),
    [{ name: "extendChain", how: "rememberBeside", key: "(jws, trust) => trust.account + trust.keyholder + jws" }],
  ],
  [
    urlOf("server/keyholder/src/store/stored-switch.ts"),
    [
      { name: "readHistory", how: "remember", key: "(json) => json" },
      { name: "readPolicy", how: "remember", key: "(json) => json" },
    ],
  ],
  [
    urlOf("server/api/src/access/statement-reading.ts"),
    [
      { name: "readStatement", how: "rememberText", key: byKindAndEnd },
      { name: "readReceipt", how: "rememberText", key: byEnd },
    ],
  ],
]);

/**
 * Loads the stand-ins for signatures, age and the disk instead of the product's own. Why by a hook of the module loader: the product
 * has no switch for it, so nothing that is started in any other way can have one on.
 */
export function injectStandIns(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL = "" } = context;
      const kept = parentURL.startsWith(keyholder) || parentURL === eyes ? platform.get(specifier) : undefined;
      if (kept !== undefined) return next(kept, context);
      const resolved = next(specifier, context);
      return { ...resolved, url: standIns.get(resolved.url) ?? resolved.url };
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      const functions = remembered.get(url);
      return functions === undefined ? loaded : { ...loaded, source: functions.reduce(rememberIn, sourceOf(url)) };
    },
  });
}

/** Puts the clock zone's database into memory, whatever else is a stand-in. */
export function putDatabaseIntoMemory(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (context.parentURL === pin && specifier === "node:fs/promises")
        return next(standIn("fs-promises.ts"), context);
      const resolved = next(specifier, context);
      return { ...resolved, url: inMemory.get(resolved.url) ?? resolved.url };
    },
  });
}

function rememberIn(source: string, { name, how, key = "" }: Remembered): string {
  const declaration = new RegExp(`export function ${name}(?=[(<])`);
  if (!declaration.test(source)) throw new Error(`${name} is not where its answers were to be kept`);
  const wrapped = `export const ${name} = ${how}${name}(${name}Anew, ${key});`;
  const wrapper = `import { ${how} as ${how}${name} } from "${standIn("remembered.ts")}";`;
  return `${wrapper}\n${source.replace(declaration, `function ${name}Anew`)}\n${wrapped}\n`;
}

/** Loads one file of the product with a seeded bug. Throws unless the place is found exactly once. Call before `injectStandIns`. */
export function plantMutant({ file, find, replace }: Mutant): void {
  const planted = urlOf(file);
  const source = sourceOf(planted);
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`${file}: the mutant's place is there ${places} times`);
  if (remembered.has(planted)) throw new Error(`${file}: answers of it are remembered, and the mutant would be lost`);
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      return url === planted ? { ...loaded, source: source.replace(find, () => replace) } : loaded;
    },
  });
}

function sourceOf(url: string): string {
  return readFileSync(fileURLToPath(url), "utf8");
}
