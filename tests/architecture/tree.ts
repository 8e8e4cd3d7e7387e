import { dirname, join, normalize } from "node:path";
import type { ModuleFacts } from "./module-facts.ts";

export type Manifest = {
  name: string;
  exports?: Record<string, string>;
  imports?: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};
/** Every package by its room, and the root's own development tools. */
export type Tree = { root: string; modules: ModuleFacts[]; manifests: Map<string, Manifest>; tools: string[] };

/** The file that a relative import means, from the root. */
export function resolveRelative(path: string, specifier: string): string {
  // Vite's suffixes (?url, ?worker) belong to no file name.
  return normalize(join(dirname(path), specifier.replace(/\?.*$/, "")));
}
