import { execFileSync } from "node:child_process";

/** What Debian's `age` calls itself; `npm run bench` has installed it where it may. */
export function requireAge(): string {
  return `age ${execFileSync("age", ["--version"], { encoding: "utf8" }).trim()}`;
}
