import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "./free-ports.ts";

export type Mail = { id: string; to: string[]; subject: string; receivedMs: number; text: string };
export type Product = { url: string; mails(to: string): Promise<Mail[]> };
export type ProductOptions = { mode: "local" | "demo"; factor?: number };

const root = join(import.meta.dirname, "../../..");

/** The whole product as `npm start` starts it, in a folder and on ports of its own; stopped and removed at the end. */
export async function withProduct(options: ProductOptions, work: (product: Product) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-e2e-"));
  const port = await findFreePorts();
  const url = `http://localhost:${port}`;
  const product = startProduct(folder, port, url, options);
  try {
    await readyLine(product);
    await work({ url, mails: (to) => readMails(port + 1, to) });
  } finally {
    await stopProduct(product);
    await rm(folder, { recursive: true, force: true });
  }
}

function startProduct(folder: string, port: number, url: string, { mode, factor }: ProductOptions): ChildProcess {
  return spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      AFTERKEEP_DATA: folder,
      AFTERKEEP_MODE: mode,
      ...(factor === undefined ? {} : { AFTERKEEP_DEMO_FACTOR: String(factor) }),
      AFTERKEEP_PORT: String(port),
      AFTERKEEP_PUBLIC_URL: url,
      AFTERKEEP_MAILBOX_PORT: String(port + 1),
      AFTERKEEP_MAILBOX_SMTP_PORT: String(port + 2),
    },
  });
}

/** Resolves when start says that it is ready; rejects with all it said when it ends before. */
function readyLine(product: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes("Afterkeep is ready")) resolve();
    };
    product.stdout?.on("data", hear);
    product.stderr?.on("data", hear);
    product.once("exit", (code) => reject(new Error(`start ended with ${code}:\n${said}`)));
  });
}

async function stopProduct(product: ChildProcess): Promise<void> {
  if (product.exitCode !== null || product.signalCode !== null) return;
  const ended = new Promise((resolve) => product.once("exit", resolve));
  // Why not SIGINT: Ctrl-C reaches the whole terminal's group, so start does not pass it on; SIGTERM it does.
  product.kill("SIGTERM");
  await ended;
}

async function readMails(port: number, to: string): Promise<Mail[]> {
  const response = await fetch(`http://127.0.0.1:${port}/messages.json?to=${encodeURIComponent(to)}`);
  const { messages } = (await response.json()) as { messages: Mail[] };
  return messages;
}
