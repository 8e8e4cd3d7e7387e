import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { startProduct } from "../stage/product.ts";
import { Story } from "./steps.ts";
import { tellStory } from "./story.ts";

/** One product day takes two seconds. */
const factor = 43_200;

const { values } = parseArgs({
  options: {
    headless: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    "archive-mb": { type: "string", default: "1000" },
    letters: { type: "string", default: "200" },
  },
});

const say = (line: string): void => {
  if (!values.json) console.log(line);
};

const begun = performance.now();
const story = new Story(say);
const folder = await mkdtemp(join(tmpdir(), "afterkeep-demo-"));
try {
  say(`Afterkeep, told on a fast clock: one day takes ${86_400 / factor} seconds. Nothing here is real but the code.`);
  const product = await startProduct({
    data: join(folder, "data"),
    mode: "demo",
    factor,
    ...(values.headless ? {} : { port: 8420 }),
  });
  if (!values.headless) {
    say(`\nThe web app is open beside this at ${product.url}, everybody's mails at ${product.mailboxUrl}.`);
    openInBrowser(product.url);
    openInBrowser(product.mailboxUrl);
  }
  try {
    await tellStory(story, product, folder, {
      archiveBytes: Number(values["archive-mb"]) * 1_000_000,
      letterCount: Number(values.letters),
    });
    say("\nEverything held. ");
    if (!values.headless && !values.json && process.stdin.isTTY) await untilInterrupted(product.url);
  } finally {
    await product.stop();
  }
} catch (error) {
  process.exitCode = 1;
  say(`\nIt did NOT hold: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  if (values.keep) say(`Everything is in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

if (!story.held) process.exitCode = 1;
if (values.json) {
  const seconds = Math.round((performance.now() - begun) / 10) / 100;
  console.log(JSON.stringify({ name: "demo", held: story.held, factor, seconds, steps: story.steps }));
}

/** Best effort: a machine without a desktop has the addresses printed. */
function openInBrowser(url: string): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

function untilInterrupted(url: string): Promise<void> {
  console.log(`The product stays up at ${url} until you press Ctrl-C.`);
  return new Promise((resolve) => process.once("SIGINT", () => resolve()));
}
