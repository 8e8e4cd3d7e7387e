import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "./bootstrap.mjs";

/** Every file of the repository, tracked or new, without what git ignores. */
export function listFiles() {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  if (listed.status !== 0) fail("The files of the repository cannot be listed: this check needs git and a clone.");
  return listed.stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
}
