import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { BarePage } from "./bare-page.ts";
import { DevtoolsPipe, textOf } from "./devtools-pipe.ts";

const program = process.env["AFTERKEEP_CHROMIUM"] ?? "/usr/bin/chromium";
const flags = ["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--disable-sync"];

/** A download as the browser counts it, in bytes that lie on the disk. */
export type Download = { readonly receivedBytes: number; readonly state: "inProgress" | "completed" | "canceled" };

/**
 * A Chromium with a profile on disk, as a person's, and nobody who looks at its network.
 *
 * Why not Playwright: it watches every request, so bodies are copied and kept, and gigabytes crawl; a file that is chosen is copied first;
 * and its pages are private ones, which keep in memory what a person's browser keeps on disk.
 */
export class BareBrowser {
  readonly #process: ChildProcess;
  readonly #pipe: DevtoolsPipe;
  readonly #pages = new Set<BarePage>();
  #download: Download | null = null;

  private constructor(child: ChildProcess, pipe: DevtoolsPipe) {
    this.#process = child;
    this.#pipe = pipe;
    pipe.listen(({ method, params }) => {
      if (method === "Browser.downloadProgress") this.#download = params as Download;
    });
  }

  /** @param profile made if missing  @param downloads where finished ones lie, each under an id of its own */
  static async launch(profile: string, downloads: string): Promise<BareBrowser> {
    // Chromium refuses its own sandbox to root.
    const rights = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const child = spawn(program, [...flags, ...rights, `--user-data-dir=${profile}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    child.on("error", () => {});
    const browser = new BareBrowser(child, new DevtoolsPipe(child.stdio[3] as Writable, child.stdio[4] as Readable));
    const place = { behavior: "allowAndName", downloadPath: downloads, eventsEnabled: true };
    await browser.#pipe.call("Browser.setDownloadBehavior", place);
    return browser;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get pages(): readonly BarePage[] {
    return [...this.#pages];
  }

  /** Of the last one; null before the first. */
  get download(): Download | null {
    return this.#download;
  }

  async openPage(): Promise<BarePage> {
    const { targetId } = await this.#pipe.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#pipe.call("Target.attachToTarget", { targetId, flatten: true });
    const page = await BarePage.attach(this.#pipe, textOf(sessionId));
    this.#pages.add(page);
    return page;
  }

  /** As when a person's browser ends: nobody is asked whether to stay. */
  async closePage(page: BarePage): Promise<void> {
    this.#pages.delete(page);
    await page.close();
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.#pipe.call("Browser.close").catch(() => this.#process.kill("SIGKILL"));
    await ended;
  }
}
