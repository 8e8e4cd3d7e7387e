import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export type ReceivedMail = { readonly to: string; readonly text: string };
/** A real SMTP server on loopback that remembers what it took. */
export type MailServer = {
  readonly smtpUrl: string;
  readonly mails: ReceivedMail[];
  /** While true, every mail is refused for now (a 4yz answer). */
  isDown: boolean;
  /** How many were. */
  refused: number;
  /** Called when a mail was taken, before the sender is told. */
  onMail: (to: string) => void | Promise<void>;
  close(): Promise<void>;
};

export async function aMailServer(): Promise<MailServer> {
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    // A client that keeps its connection a little must not keep a test waiting.
    closeTimeout: 100,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, callback) => {
      if (mailServer.isDown) mailServer.refused++;
      callback(mailServer.isDown ? Object.assign(new Error("try later"), { responseCode: 451 }) : null);
    },
    onData: (stream, session, callback) => {
      text(stream).then(
        (raw) => {
          const to = session.envelope.rcptTo[0]?.address ?? "";
          mailServer.mails.push({ to, text: unfold(raw) });
          void Promise.resolve(mailServer.onMail(to)).finally(() => callback(null));
        },
        // Whoever was sending gave up in the middle of it: half a mail is none.
        () => {},
      );
    },
  });
  const port = await listen(server);
  const mailServer: MailServer = {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    mails: [],
    isDown: false,
    refused: 0,
    onMail: () => {},
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailServer;
}

/** Quoted-printable soft breaks removed, so that a link is one piece. */
function unfold(raw: string): string {
  return raw.replace(/=\r?\n/g, "").replace(/=3D/g, "=");
}

async function listen({ server }: SMTPServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
