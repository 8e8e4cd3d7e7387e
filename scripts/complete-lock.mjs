// Run after every `npm install` that changes the lock file. A registry mirror that carries binaries for some platforms only leaves the
// others out of the lock, and `npm ci` then refuses it everywhere. This names them by the exact version that their parent asks for;
// no machine fetches one that is not for it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";

const path = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "aix"];
const processors = {
  "arm-eabi": "arm",
  "arm-gnueabihf": "arm",
  "arm-musleabihf": "arm",
  ...Object.fromEntries(
    ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"].map((name) => [
      name,
      name,
    ]),
  ),
};

for (const { optionalDependencies = {} } of Object.values(lock.packages))
  for (const [name, version] of Object.entries(optionalDependencies))
    if (/^\d/.test(version)) lock.packages[`node_modules/${name}`] ??= entryFor(name, version);

const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);

function entryFor(name, version) {
  const parts = name.split(/[/-]/);
  const os = parts.find((part) => systems.includes(part));
  const cpu = Object.entries(processors).find(([suffix]) => name.includes(`-${suffix}`))?.[1];
  if (cpu === undefined || (os === undefined && cpu !== "wasm32"))
    throw new Error(`${name}: for which platform is it?`);
  const libc = /musl/.test(name) ? ["musl"] : /gnu/.test(name) ? ["glibc"] : undefined;
  return { version, cpu: [cpu], ...(libc ? { libc } : {}), dev: true, optional: true, ...(os ? { os: [os] } : {}) };
}
