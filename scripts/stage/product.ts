import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";

export const root = join(import.meta.dirname, "../..");

/** A mail as the local mailbox shows it. */
export type Mail = { id: string; from: string; to: string[]; subject: string; receivedMs: number; text: string };

export type ProductOptions = {
  /** The data folder; made if missing. */
  readonly data: string;
  readonly mode: "local" | "demo" | "production";
  /** Demo mode only: how many times as fast as real time. */
  readonly factor?: number;
  /** Fixed ports for a person to open; free ones between 20000 and 29999 where absent. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
};

/** The whole product, started as `npm start` starts it. */
export type Product = {
  readonly url: string;
  readonly mailboxUrl: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** All that start printed so far. */
  said(): string;
  /** Newest first. */
  mails(to: string): Promise<Mail[]>;
  /** Ctrl-C; resolves when everything has ended. */
  stop(): Promise<void>;
};

export async function startProduct(options: ProductOptions): Promise<Product> {
  const port = options.port ?? (await freePorts(3));
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited(), ...environmentOf(options, port, url), ...options.environment },
  });
  const said = await untilReady(child);
  return {
    url,
    mailboxUrl: `http://localhost:${port + 1}`,
    data: options.data,
    process: child,
    said,
    mails: (to) => readMails(port + 1, to),
    stop: () => stop(child),
  };
}

function environmentOf({ data, mode, factor }: ProductOptions, port: number, url: string): Record<string, string> {
  return {
    AFTERKEEP_DATA: data,
    AFTERKEEP_MODE: mode,
    ...(factor === undefined ? {} : { AFTERKEEP_DEMO_FACTOR: String(factor) }),
    AFTERKEEP_PORT: String(port),
    AFTERKEEP_PUBLIC_URL: url,
    AFTERKEEP_MAILBOX_PORT: String(port + 1),
    AFTERKEEP_MAILBOX_SMTP_PORT: String(port + 2),
  };
}

/** Why not all of it: a setting of the person's own shell must not reach a product that is started for a story. */
function inherited(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}

/** Resolves when start says that it is ready; rejects with all it said when it ends before. */
function untilReady(child: ChildProcess): Promise<() => string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes("Afterkeep is ready")) resolve(() => said);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`start ended with ${code}:\n${said}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

async function readMails(port: number, to: string): Promise<Mail[]> {
  const response = await fetch(`http://127.0.0.1:${port}/messages.json?to=${encodeURIComponent(to)}`);
  const { messages } = (await response.json()) as { messages: Mail[] };
  return messages;
}
