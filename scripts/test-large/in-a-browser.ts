import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { generateSync } from "otplib";
import { type Browser, chromium, type Page } from "playwright-core";
import { hashFile } from "../stage/belongings.ts";
import { processesBelow } from "../stage/memory-watch.ts";
import { bytesBelow, expectTrue, megabytes, type Scene } from "./scene.ts";
import { sayRate } from "./with-the-command-line.ts";

const executablePath = process.env["AFTERKEEP_CHROMIUM"] ?? "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];

/** Growth of resident memory (bytes) of the largest process of each type of Chromium, since the last `begin`. */
export type Growth = ReadonlyMap<string, number>;

/**
 * Chosen in the real web app, the page closed in the middle, gone on with in a new page, downloaded to disk and compared. Answers how
 * much each type of Chromium's processes grew.
 */
export async function keepInBrowser(scene: Scene): Promise<Growth> {
  const { product, file, say } = scene;
  const server = await chromium.launchServer({ executablePath, headless: true, args: flags });
  const browser = await chromium.connect(server.wsEndpoint());
  try {
    const context = await openContext(browser);
    let page = await signedIn(await context.newPage(), scene);
    const growth = await watchGrowth(server.process().pid ?? 0);
    const objects = join(product.data, "objects");
    const before = await bytesBelow(objects);
    const begun = performance.now();
    await choose(page, file.path);
    while ((await bytesBelow(objects)) - before < file.bytes * 0.4) await stillSealing(page);
    await page.close({ runBeforeUnload: false });
    say(`page closed with ${megabytes((await bytesBelow(objects)) - before)} on the server`);
    page = await signedIn(await context.newPage(), scene);
    await goOn(page, file.path);
    await page.getByText(/was sealed and put into your vault/).waitFor({ timeout: 0 });
    expectTrue((await bytesBelow(objects)) - before < file.bytes * 1.3, "it was sent again from the start");
    sayRate(say, "sealed and uploaded, the interruption included", file.bytes, begun);
    const downloading = performance.now();
    const path = await download(page, file.path.split("/").at(-1) ?? "");
    sayRate(say, "downloaded, opened and verified", file.bytes, downloading);
    expectTrue((await hashFile(path)) === file.sha256, "what was opened is not what was sealed");
    await rm(path);
    return await growth.stop();
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Why without the picker: nothing can press a button in the system's own window. The page then streams through its worker. */
async function openContext(browser: Browser) {
  const context = await browser.newContext({ acceptDownloads: true });
  context.setDefaultTimeout(60_000);
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "showSaveFilePicker");
    Reflect.deleteProperty(globalThis, "showOpenFilePicker");
  });
  return context;
}

let lastStep = 0;

async function signedIn(page: Page, { product, owner, passphrase, totpSecret }: Scene): Promise<Page> {
  await page.goto(product.url);
  const email = page.getByLabel("E-mail address");
  const secret = page.getByLabel("Passphrase", { exact: true });
  const signIn = page.getByRole("link", { name: "Sign in" });
  const documents = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Documents" });
  // A browser that knows the account goes on to its lock by itself, from under the link; one whose session still holds is in.
  for (let tries = 0; tries < 10 && !(await secret.or(documents).first().isVisible()); tries++)
    await signIn.click({ timeout: 2_000 }).catch(() => undefined);
  if (await documents.isVisible()) {
    await documents.click();
    return page;
  }
  if (!(await secret.isVisible())) throw new Error(`There is no way in: ${await page.locator("body").innerText()}`);
  if (await email.isVisible()) await email.fill(owner.email);
  await secret.fill(passphrase);
  // A code works once, and the command line may have used this one or the next.
  lastStep = Math.max(lastStep, Number(await readFile(join(owner.folder, "profile/totp-step"), "utf8")));
  while (Math.floor(Date.now() / 30_000) <= lastStep) await wait(500);
  lastStep = Math.floor(Date.now() / 30_000);
  await page.getByLabel("Six-digit code").fill(generateSync({ secret: totpSecret }));
  await page.getByRole("button", { name: /^(Sign in|Unlock)$/ }).click();
  await documents.click().catch(async (error: unknown) => {
    throw new Error(`Not signed in: ${await page.locator("body").innerText()}`, { cause: error });
  });
  return page;
}

/** Waits a little; throws what the page says if it has stopped. */
async function stillSealing(page: Page): Promise<void> {
  await wait(500);
  if ((await page.getByText(/^Sealing |^Preparing/).count()) > 0) return;
  await wait(5_000);
  if ((await page.getByText(/^Sealing |^Preparing/).count()) === 0)
    throw new Error(`The page stopped: ${await page.locator("main").innerText()}`);
}

async function choose(page: Page, path: string): Promise<void> {
  await page.getByLabel("Files", { exact: true }).setInputFiles(path);
}

async function goOn(page: Page, path: string): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /^Go on with/ }).click();
  await (await chooser).setFiles(path);
}

/** Answers where the finished file lies. */
async function download(page: Page, name: string): Promise<string> {
  await page.getByRole("link", { name }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${name}` }).click();
  const done = await downloading;
  const path = await done.path();
  expectTrue((await done.failure()) === null, "the download failed");
  return path;
}

/**
 * How it is counted: the kernel's high-water mark of each process (VmHWM) is set back to its present size (5 into clear_refs,
 * proc_pid_clear_refs(5)); what it reaches above that size later is growth. A process that comes later counts from its first sight.
 */
async function watchGrowth(pid: number): Promise<{ stop(): Promise<Growth> }> {
  const base = new Map<number, number>();
  const growth = new Map<string, number>();
  let isOver = false;
  const look = async (): Promise<void> => {
    for (const one of await processesBelow(new Set([pid]))) {
      const status = await readFile(`/proc/${one}/status`, "utf8").catch(() => "");
      const command = await readFile(`/proc/${one}/cmdline`, "utf8").catch(() => "");
      const size = kilobytes(status, "VmHWM");
      if (size === 0) continue;
      if (!base.has(one)) {
        await writeFile(`/proc/${one}/clear_refs`, "5").catch(() => {});
        base.set(one, kilobytes(status, "VmRSS"));
        continue;
      }
      const type = /--type=([a-z-]+)(?:.*--utility-sub-type=([A-Za-z.]+))?/s.exec(command);
      const name = type === null ? "browser" : (type[2] ?? type[1] ?? "browser");
      growth.set(name, Math.max(growth.get(name) ?? 0, (size - (base.get(one) ?? 0)) * 1024));
    }
  };
  await look();
  const life = (async () => {
    while (!isOver) {
      await wait(250);
      await look();
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await life;
      return growth;
    },
  };
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}
