import { isTestCode, roomOf } from "./rooms.ts";
import { type Manifest, resolveRelative, type Tree } from "./tree.ts";

/**
 * Exported values that no other file names: dead code, or a name that need not be public. Types may stand beside what uses them;
 * entries of packages and programs are exempt.
 */
export function findUnusedExports({ modules, manifests }: Tree): string[] {
  const entries = new Set([...manifests].flatMap(([room, manifest]) => entriesOf(room, manifest)));
  const used = new Map<string, Set<string> | "all">();
  for (const { path, imports } of modules)
    for (const { specifier, names } of imports)
      if (specifier.startsWith(".")) use(used, resolveRelative(path, specifier), names);
  return modules
    .filter(({ path }) => !entries.has(path) && !isExempt(path))
    .flatMap(({ path, exports }) => {
      const names = used.get(path);
      if (names === "all") return [];
      return exports
        .filter((name) => !names?.has(name))
        .map((name) => `${path}: exports ${name}, which nobody imports`);
    });
}

function entriesOf(room: string, { exports = {}, imports = {} }: Manifest): string[] {
  const targets = [...Object.values(exports), ...Object.values(imports)];
  return targets
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((target) => resolveRelative(`${room}/package.json`, target));
}

// Programs, configuration that tools load by name, and what only tests are made of.
function isExempt(path: string): boolean {
  return isTestCode(path) || /\/(main\.tsx?|vite\.config\.ts)$/.test(path) || roomOf(path) === null;
}

function use(used: Map<string, Set<string> | "all">, path: string, names: string[] | null): void {
  const known = used.get(path);
  if (names === null) used.set(path, "all");
  else if (known !== "all") used.set(path, new Set([...(known ?? []), ...names]));
}
