import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import type { Mail } from "../../../scripts/stage/product.ts";

/** How the server meets a mail: takes it, refuses the address for good, breaks off in the middle of it. */
export type MailManner = "take" | "refuse" | "drop";
export type TakenMail = Mail & { readonly messageId: string; readonly atMs: number };

/** A real SMTP server on loopback that keeps what it took, can misbehave, and can be away. */
export class MailServer {
  readonly taken: TakenMail[] = [];
  readonly port: number;
  manner: MailManner = "take";
  #smtp: SMTPServer | null = null;

  constructor(port: number) {
    this.port = port;
  }

  get smtpUrl(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Newest first, as the local mailbox shows them. */
  mails(to: string): Promise<Mail[]> {
    return Promise.resolve(this.taken.filter((mail) => mail.to.includes(to)).reverse());
  }

  async open(): Promise<void> {
    const smtp: SMTPServer = new SMTPServer({
      authOptional: true,
      closeTimeout: 50,
      disabledCommands: ["STARTTLS"],
      onRcptTo: (_address, _session, callback) => (this.manner === "refuse" ? callback(refusal()) : callback()),
      onData: (stream, session, callback) => {
        if (this.manner === "drop") {
          for (const connection of smtp.connections) connection.close();
          return;
        }
        text(stream).then(
          (raw) => {
            this.#keep(raw, session.envelope.rcptTo[0]?.address ?? "");
            callback();
          },
          // Whoever was sending it died in the middle of it: half a mail is none.
          () => {},
        );
      },
    });
    smtp.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      smtp.server.once("error", reject);
      smtp.server.listen(this.port, "127.0.0.1", resolve);
    });
    this.#smtp = smtp;
  }

  async close(): Promise<void> {
    const smtp = this.#smtp;
    this.#smtp = null;
    if (smtp !== null) await new Promise<void>((resolve) => smtp.close(() => resolve()));
  }

  #keep(raw: string, to: string): void {
    const header = (name: string) => new RegExp(`^${name}: (.*)\\r?$`, "im").exec(raw)?.[1]?.trim() ?? "";
    const messageId = header("Message-ID");
    // Source: RFC 2045 §6.7; a line that ends in "=" goes on in the next.
    const plain = raw.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
    const number = this.taken.length;
    const mail = { id: String(number), from: header("From"), to: [to], subject: header("Subject"), text: plain };
    this.taken.push({ ...mail, receivedMs: Date.now(), messageId, atMs: performance.now() });
  }
}

function refusal(): Error {
  return Object.assign(new Error("no such mailbox"), { responseCode: 550 });
}
