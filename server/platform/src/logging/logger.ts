import { type DestinationStream, pino, type Logger as PinoLogger } from "pino";
import { AfterkeepError } from "../errors/errors.ts";

// Why a list of what may pass instead of what may not: redaction by path leaks nested values and whatever is new.
const allowed = new Set([
  "zone", "event", "requestId", "route", "method", "status", "code", "durationMs", "attempt", "count", "pid", "port",
  "path", "signal", "exitCode", "version", "tenant", "actor", "dueMs", "delayMs", "mode", "name",
]); // prettier-ignore

export type LogFields = Readonly<Record<string, unknown>> & { err?: unknown };
/** Structured log of one zone. Only allow-listed fields pass; a message is a fixed text of ours, never built from input. */
export type Logger = {
  debug(fields: LogFields, message?: string): void;
  info(fields: LogFields, message?: string): void;
  warn(fields: LogFields, message?: string): void;
  error(fields: LogFields, message?: string): void;
};

export type LoggerOptions = { zone: string; level?: string; file?: string; destination?: DestinationStream };

/** JSON lines on stdout, or appended to `file` (0600), or to `destination`. Fields outside the allow-list and values that are not short scalars are dropped. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = { level: options.level ?? "info", base: { zone: options.zone }, messageKey: "message" };
  const { file } = options;
  const destination = options.destination ?? (file ? pino.destination({ dest: file, mode: 0o600, sync: true }) : null);
  const out = destination ? pino(settings, destination) : pino(settings);
  return {
    debug: writer(out, "debug"),
    info: writer(out, "info"),
    warn: writer(out, "warn"),
    error: writer(out, "error"),
  };
}

function writer(out: PinoLogger, level: "debug" | "info" | "warn" | "error") {
  return (fields: LogFields, message?: string): void => {
    const { err, ...rest } = fields;
    out[level]({ ...onlyAllowed(rest), ...(err === undefined ? {} : { error: describeError(err) }) }, message);
  };
}

function onlyAllowed(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([key, value]) => allowed.has(key) && isShortScalar(value));
  return Object.fromEntries(kept);
}

function isShortScalar(value: unknown): boolean {
  if (typeof value === "string") return value.length <= 200;
  return typeof value === "number" || typeof value === "boolean";
}

// Why no message and no cause's message: drivers put rows, addresses and URLs into them. Class, code and our own lines of the
// stack tell where; the code tells what.
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code =
    error instanceof AfterkeepError ? error.code : "code" in error ? String(error.code).slice(0, 60) : undefined;
  const frames = framesOf(error);
  return {
    kind: error.name.slice(0, 60),
    ...(code === undefined ? {} : { code }),
    at: frames.slice(0, 6).map((frame) => frame.trim().slice(0, 160)),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

// Why the message is cut out first: it may span lines, and one that reads "at …" would pass for a frame.
function framesOf({ stack = "", message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split("\n");
  return lines.filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
}
