import type { ModuleFacts } from "./module-facts.ts";
import { resolveRelative } from "./tree.ts";

/** Rings of relative imports, types included: where one exists, nobody can read either file without the other. */
export function findCycles(modules: readonly ModuleFacts[]): string[] {
  const edges = new Map(modules.map((module) => [module.path, targetsOf(module)]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`${path}: an import cycle: ${[...trail.slice(start), path].join(" → ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const target of edges.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of modules) walk(path, []);
  return found;
}

function targetsOf({ path, imports }: ModuleFacts): string[] {
  const relative = imports.filter(({ specifier }) => specifier.startsWith("."));
  return [...new Set(relative.map(({ specifier }) => resolveRelative(path, specifier)))];
}
