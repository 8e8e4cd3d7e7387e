import { once } from "node:events";
import type { Readable } from "node:stream";
import { SMTPServer } from "smtp-server";
import type { Logger } from "@afterkeep/platform";
import type { MessageStore } from "./message-store.ts";

const largestMail = 25 * 1024 * 1024;

/** Takes mail for anybody on 127.0.0.1 and keeps it. Answers only once the mail is on disk. */
export async function listenForMail(options: {
  port: number;
  store: MessageStore;
  logger: Logger;
}): Promise<{ close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: largestMail,
    rejectOversized: true,
    logger: false,
    onData(stream, session, done) {
      const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
      const to = session.envelope.rcptTo.map(({ address }) => address);
      keep(options.store, { from, to }, stream).then(
        () => done(),
        (err: unknown) => {
          options.logger.error({ event: "mail-not-kept", err });
          done(new Error("The mail could not be kept."));
        },
      );
    },
  });
  server.on("error", (err) => options.logger.warn({ event: "smtp-error", err }));
  const listening = once(server.server, "listening");
  server.listen(options.port, "127.0.0.1");
  await listening;
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function keep(store: MessageStore, envelope: { from: string; to: string[] }, stream: Readable): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  await store.keep(envelope, Buffer.concat(chunks));
}
