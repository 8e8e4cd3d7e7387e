import { spawnSync } from "node:child_process";
import { fail } from "./bootstrap.mjs";

/** What the tests use from outside: a real browser, the real age command, Python for the cross-check, wrong clocks. */
const needed = [
  { package: "chromium", commands: ["chromium", "chromium-browser", "google-chrome"] },
  { package: "age", commands: ["age"] },
  { package: "python3", commands: ["python3"] },
  { package: "faketime", commands: ["faketime"] },
];

/** Installs the missing ones where we may (root on Debian or Ubuntu); otherwise says what to install, and fails. */
export function installDebianPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && isCommand("apt-get");
  if (mayInstall) {
    console.error(`Installing ${missing.join(", ")} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const options = { env, stdio: ["ignore", 2, 2] };
    spawnSync("apt-get", ["update", "-qq"], options);
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], options);
  }
  const left = missingPackages();
  if (left.length === 0) return;
  fail(
    `The tests need ${left.join(", ")}. Install with: sudo apt-get install -y --no-install-recommends ${left.join(" ")}`,
  );
}

function missingPackages() {
  return needed.filter(({ commands }) => !commands.some(isCommand)).map((entry) => entry.package);
}

function isCommand(name) {
  return spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0;
}
