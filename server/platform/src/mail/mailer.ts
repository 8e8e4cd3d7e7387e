import { createTransport } from "nodemailer";
import { DependencyError } from "../errors/errors.ts";

export type Mail = {
  to: string;
  subject: string;
  /** Plain text, always there. */
  text: string;
  html?: string;
  headers?: Record<string, string>;
  /** Without angle brackets; made by the mailer when missing. */
  messageId?: string;
};
export type Mailer = {
  /** Resolves once the server has answered. `accepted` is false when it refused the address for good. */
  sendMail(mail: Mail): Promise<{ messageId: string; accepted: boolean }>;
  close(): void;
};

/** Why at all: a server that says a byte now and then is never silent, and whoever waits for its answer would wait for ever. */
const longestMs = 60_000;

/**
 * Sends mail over SMTP: `smtp://` (STARTTLS when offered; required with `?requireTLS=true`) or `smtps://`. Certificates are always
 * verified. One mail takes a minute at most. Throws DependencyError when sending may be tried again: `mail-unavailable` when the server does not take it now,
 * `mail-unanswered` when it may have taken it and never said so.
 */
export function createMailer(options: { smtpUrl: string; from: string; longestMs?: number }): Mailer {
  const transport = createTransport(transportOptions(options.smtpUrl), { from: options.from });
  return {
    close: () => transport.close(),
    sendMail: async ({ messageId, ...mail }) => {
      try {
        const sending = transport.sendMail({
          ...mail,
          ...(messageId === undefined ? {} : { messageId: `<${messageId}>` }),
          // Why: a recipient's name or our own text must never make the library read a file or a URL.
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        const sent = await withinTime(sending, options.longestMs ?? longestMs);
        return { messageId: sent.messageId.replace(/^<|>$/g, ""), accepted: sent.accepted.length > 0 };
      } catch (cause) {
        if (isRefusedForGood(cause)) return { messageId: messageId ?? "", accepted: false };
        if (isNotTaken(cause))
          throw new DependencyError("mail-unavailable", "The mail server does not take mail now.", { cause });
        throw new DependencyError("mail-unanswered", "The mail server did not say whether it took the mail.", {
          cause,
        });
      }
    },
  };
}

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the mail server took too long")), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function transportOptions(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const secure = url.protocol === "smtps:";
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
  return {
    host: url.hostname,
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: url.searchParams.get("requireTLS") === "true",
    ...(url.username === ""
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...timeouts,
  };
}

// Source: RFC 5321 §4.2.1, 5yz is a permanent refusal; a refusal of our own log-in (535) is the operator's matter instead.
function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error) || !("responseCode" in error) || typeof error.responseCode !== "number") return false;
  const isEnvelope = "code" in error && (error.code === "EENVELOPE" || error.code === "EMESSAGE");
  return isEnvelope && error.responseCode >= 500;
}

const beforeAnyMail: ReadonlySet<unknown> = new Set([
  "EDNS",
  "ETLS",
  "EAUTH",
  "CONNECT_TIMEOUT",
  "GREETING_TIMEOUT",
  "UPGRADE_TIMEOUT",
]);

/** The server said no for now, or it never came to the mail itself. Whatever else ends a sending may have come after the server had it. */
function isNotTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { syscall, responseCode, code, timeoutType }: Readonly<Record<string, unknown>> = { ...error };
  const isReached = syscall !== "connect" && syscall !== "getaddrinfo";
  return !isReached || typeof responseCode === "number" || beforeAnyMail.has(code) || beforeAnyMail.has(timeoutType);
}
