import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core";

const executablePath = process.env["AFTERKEEP_CHROMIUM"] ?? "/usr/bin/chromium";
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: [...quiet, ...more] });
}

/** @param more arguments of Chromium */
export async function withBrowser(work: (browser: Browser) => Promise<void>, more?: readonly string[]): Promise<void> {
  const browser = await launchBrowser(more);
  try {
    await work(browser);
  } catch (error) {
    await showWhatWasSeen(browser);
    throw error;
  } finally {
    await browser.close();
  }
}

/**
 * After a failure: what was on each screen, as pictures in a temporary folder that the test's output names, what browsers complained of, and
 * the last things that they asked of the server (paths, never queries or fragments).
 */
async function showWhatWasSeen(browser: Browser): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-screens-"));
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `${index}.png`), fullPage: true, timeout: 5_000 }).catch(() => {});
  }
  console.error(`What was on the screens: ${folder}`);
  for (const watched of browser.contexts().flatMap((context) => watchedContexts.get(context) ?? [])) {
    console.error(["What the browser complained of:", ...watched.complaints].join("\n  "));
    console.error(["What it asked last:", ...watched.asked.slice(-lastAsked)].join("\n  "));
  }
}

const lastAsked = 40;
const watchedContexts = new WeakMap<BrowserContext, { complaints: readonly string[]; asked: readonly string[] }>();

/** Each request when it leaves and when it ends, with the real time, so that one that never ended can be told. */
function noteRequests(context: BrowserContext): string[] {
  const asked: string[] = [];
  const note = (what: string, request: Request): void => {
    const { pathname } = new URL(request.url());
    asked.push(`${new Date().toISOString().slice(11, 23)} ${what} ${request.method()} ${pathname}`);
  };
  context.on("request", (request) => note("asks", request));
  context.on("response", (response) => note(`answered ${response.status()}`, response.request()));
  context.on("requestfailed", (request) => note(`failed (${request.failure()?.errorText ?? ""})`, request));
  return asked;
}

export type Screen = { width: number; height: number };
export const desktop: Screen = { width: 1280, height: 900 };
export const phone: Screen = { width: 390, height: 844 };

/** One person's browser: its own storage, and everything written down that must not happen. */
export type Watched = { page: Page; context: BrowserContext; complaints: string[]; workers: string[] };

/**
 * `complaints` collects console errors and warnings, uncaught errors, violations of the content security policy, and requests to
 * any other origin; `workers` the paths of the scripts of Web Workers.
 */
export async function openWatched(browser: Browser, origin: string, screen: Screen): Promise<Watched> {
  const context = await browser.newContext({
    viewport: screen,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "blob:" && url.origin !== origin) complaints.push(`foreign request: ${request.url()}`);
  });
  const workers: string[] = [];
  context.on("page", (page) => page.on("worker", (worker) => workers.push(new URL(worker.url()).pathname)));
  await context.exposeBinding("reportViolation", (_, what: string) => void complaints.push(`policy: ${what}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const report: unknown = Reflect.get(globalThis, "reportViolation");
      if (typeof report === "function") report(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  watchedContexts.set(context, { complaints, asked: noteRequests(context) });
  return { page: await context.newPage(), context, complaints, workers };
}

export async function widerThanScreen(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
