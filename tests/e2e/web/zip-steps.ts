import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Download, Page } from "playwright-core";
import { goTo } from "./owner-steps.ts";

/** As Firefox, Safari and phones are: nothing lets a page write into a folder. */
export async function withoutFolderPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, "showDirectoryPicker"));
}

/** Presses the export in the settings, and answers the download that it became. */
export async function exportAsZip(page: Page): Promise<Download> {
  await goTo(page, "Settings");
  await page.getByLabel(/Most common: every age program/).check();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as one ZIP file" }).click();
  return downloading;
}

/** The documents of an exported ZIP by name, unpacked by one program and decrypted by another. */
export async function openExported(download: Download): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-zip-"));
  try {
    const path = await download.path();
    execFileSync("python3", ["-c", "import sys, zipfile; assert zipfile.ZipFile(sys.argv[1]).testzip() is None", path]);
    execFileSync("python3", ["-m", "zipfile", "-e", path, folder]);
    const inside = join(folder, "Afterkeep export");
    const plain = join(folder, "plain");
    const opened = new Map<string, Buffer>();
    for (const file of (await readdir(inside)).filter((name) => name.endsWith(".age"))) {
      const identity = ["--identity", join(inside, "identity.txt")];
      execFileSync("age", ["--decrypt", ...identity, "--output", plain, join(inside, file)]);
      opened.set(file.slice(0, -".age".length), await readFile(plain));
    }
    return opened;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
