import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findCycles } from "./cycles.ts";
import { type ImportFact, type ModuleFacts, readModules } from "./module-facts.ts";
import { isTestCode, roomOf, rulesOf } from "./rooms.ts";
import { type Manifest, resolveRelative, type Tree } from "./tree.ts";
import { findUnusedExports } from "./unused-exports.ts";

/** All broken rules of the tree below `root`, one line each: where, what, why. */
export function checkTree(root: string): string[] {
  const modules = readModules(root);
  const rooms = [...new Set(modules.map(({ path }) => roomOf(path)).filter((room) => room !== null))];
  const manifests = new Map(rooms.map((room) => [room, readManifest(root, room)]));
  const tree = { root, modules, manifests, tools: Object.keys(readManifest(root, ".").devDependencies ?? {}) };
  return [
    ...modules.flatMap((module) => checkFile(module)),
    ...modules.flatMap((module) => module.imports.flatMap((fact) => checkImport(tree, module.path, fact))),
    ...findCycles(modules),
    ...findUnusedExports(tree),
  ];
}

function readManifest(root: string, room: string): Manifest {
  const path = join(root, room, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : { name: "" };
}

function checkFile({ path }: ModuleFacts): string[] {
  if (!path.endsWith(".tsx") || ["client/web", "client/opener"].includes(roomOf(path) ?? "")) return [];
  return [`${path}: .tsx only in web and opener, because Node cannot run it`];
}

function checkImport(tree: Tree, path: string, fact: ImportFact): string[] {
  const { specifier } = fact;
  const at = `${path}:${fact.line}: imports ${specifier}`;
  if (specifier === "(computed)") return [`${at}: a computed import cannot be checked`];
  if (specifier.startsWith(".")) return checkRelative(tree, path, fact, at);
  if (specifier.startsWith("#")) return checkOwnAlias(tree, path, specifier, at);
  if (specifier.startsWith("@afterkeep/")) return checkPackage(tree, path, fact, at);
  return checkForeign(tree, path, specifier, at);
}

function checkRelative({ root }: Tree, path: string, { specifier }: ImportFact, at: string): string[] {
  const target = resolveRelative(path, specifier);
  if (!existsSync(join(root, target))) return [`${at}: there is no such file`];
  const [from, to] = [roomOf(path), roomOf(target)];
  return from === to ? [] : [`${at}: a path into another package goes around its exports; import it by name`];
}

function checkOwnAlias({ manifests }: Tree, path: string, specifier: string, at: string): string[] {
  const aliases = manifests.get(roomOf(path) ?? "")?.imports ?? {};
  return specifier in aliases ? [] : [`${at}: the package's imports map does not name it`];
}

function checkPackage(tree: Tree, path: string, fact: ImportFact, at: string): string[] {
  const [, name = "", ...rest] = fact.specifier.split("/");
  const subpath = rest.length === 0 ? "." : `./${rest.join("/")}`;
  const [target, manifest] = findPackage(tree, `@afterkeep/${name}`) ?? [];
  if (target === undefined) return [`${at}: there is no such package`];
  if (manifest?.exports?.[subpath] === undefined)
    return [`${at}: a deep import; only what the exports map names is public`];
  if (/^\.\/testing(\/|$)/.test(subpath) && !isTestCode(path)) return [`${at}: test code in the product`];
  const room = roomOf(path);
  return room === null || room === target ? [] : checkRoom(tree, room, target, fact, at, isTestCode(path));
}

function checkRoom(tree: Tree, room: string, target: string, fact: ImportFact, at: string, isTest: boolean): string[] {
  const rules = rulesOf(room);
  if (rules === null) return [`${at}: ${room} has no place in the order of rooms yet`];
  if (!rules.rooms.includes(target)) return [`${at}: ${room} may not use ${target}, because ${rules.because}`];
  if (room === "common/contracts" && target === "common/switch" && !fact.isType)
    return [`${at}: contracts may use only types of the switch, because they do nothing`];
  const declared = tree.manifests.get(room)?.dependencies ?? {};
  const name = tree.manifests.get(target)?.name ?? "";
  return name in declared || isTest ? [] : [`${at}: not among the dependencies of ${room}`];
}

function findPackage(tree: Tree, name: string): [string, Manifest] | undefined {
  return [...tree.manifests].find(([, manifest]) => manifest.name === name);
}

function checkForeign({ manifests, tools }: Tree, path: string, specifier: string, at: string): string[] {
  const room = roomOf(path);
  if (room === null) return [];
  if (specifier.startsWith("node:"))
    return room.startsWith("common/") && !isTestCode(path) && !isNodeEngine(path, specifier)
      ? [`${at}: common runs in browsers too and does no I/O`]
      : [];
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (isTestCode(path) && (tools.includes(name) || name in (manifests.get(room)?.devDependencies ?? {}))) return [];
  if (room === "common/switch" && !isTestCode(path)) return [`${at}: switch imports nothing`];
  return name in (manifests.get(room)?.dependencies ?? {}) || isBuildFile(path, name, tools)
    ? []
    : [`${at}: not among the dependencies of ${room}`];
}

/** The file that a package's `imports` map gives to Node alone may use the primitives of Node: they do no I/O. */
function isNodeEngine(path: string, specifier: string): boolean {
  return path.endsWith("-node.ts") && specifier === "node:crypto";
}

function isBuildFile(path: string, name: string, tools: string[]): boolean {
  return (path.endsWith("/vite.config.ts") || path.endsWith(".d.ts")) && tools.includes(name);
}
