import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

/** One import or re-export. `names` is null when everything of the module is meant; `isType` when only types are. */
export type ImportFact = { specifier: string; names: string[] | null; isType: boolean; line: number };
/** What the rules need to know of one source file. `path` is relative to the root; `exports` are values, not types. */
export type ModuleFacts = { path: string; imports: ImportFact[]; exports: string[] };

const folders = ["common", "client", "server", "operator", "tests", "bench", "scripts"];

/** Reads every TypeScript file of the tree below `root`. */
export function readModules(root: string): ModuleFacts[] {
  return folders.flatMap((folder) => listSources(root, folder)).map((path) => readModule(root, path));
}

function listSources(root: string, folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist"].includes(entry.name) ? [] : listSources(root, path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function readModule(root: string, path: string): ModuleFacts {
  const source = readFileSync(join(root, path), "utf8");
  const { module, program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const lineOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const imports: ImportFact[] = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    names: namesOf(
      entries.map((entry) =>
        entry.importName.kind === "NamespaceObject" ? null : (entry.importName.name ?? "default"),
      ),
    ),
    isType: entries.length > 0 && entries.every((entry) => entry.isType),
    line: lineOf(start),
  }));
  const exports: string[] = [];
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.exportName.kind !== "None" && !entry.isType) exports.push(entry.exportName.name ?? "default");
    if (entry.moduleRequest === null) continue;
    const names = namesOf([entry.importName.kind === "Name" ? entry.importName.name : null]);
    imports.push({ specifier: entry.moduleRequest.value, names, isType: entry.isType, line: lineOf(entry.start) });
  }
  const whole = (specifier: string, start: number, isType = false) =>
    imports.push({ specifier, names: null, isType, line: lineOf(start) });
  new Visitor({
    ImportExpression: ({ source: argument, start }) =>
      whole(argument.type === "Literal" && typeof argument.value === "string" ? argument.value : "(computed)", start),
    TSImportType: ({ source: argument, start }) => whole(String(argument.value), start, true),
  }).visit(program);
  // A worker or a spawned program: its file is named beside import.meta.url.
  for (const found of source.matchAll(/new URL\(\s*"([^":]+\.tsx?)",\s*import\.meta\.url/g))
    whole(found[1]?.startsWith(".") ? found[1] : `./${found[1]}`, found.index);
  return { path, imports, exports };
}

function namesOf(names: (string | null)[]): string[] | null {
  return names.every((name) => name !== null) ? names : null;
}
