import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export type TakenMail = { to: string; raw: string; messageId: string };
/** How the server meets a mail: takes it, refuses the address for good, refuses for now, breaks off after the content, never answers. */
export type MailManner = "take" | "refuse" | "later" | "drop" | "hang";
export type TestMailServer = {
  smtpUrl: string;
  taken: TakenMail[];
  manner: MailManner;
  /** It has a mail to that address; until this is over it does not say so. */
  beforeYes: (to: string) => Promise<void>;
  close(): Promise<void>;
};

/** A real SMTP server on loopback. */
export async function aMailServer(): Promise<TestMailServer> {
  const smtp: SMTPServer = new SMTPServer({
    authOptional: true,
    closeTimeout: 50,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, callback) => {
      if (state.manner === "refuse") callback(smtpError(550));
      else if (state.manner === "later") callback(smtpError(451));
      else callback();
    },
    onData: (stream, session, callback) => {
      text(stream).then(
        (raw) => {
          if (state.manner === "hang") return;
          if (state.manner === "drop") {
            for (const connection of smtp.connections) connection.close();
            return;
          }
          const messageId = /^Message-ID: <(.*)>\r?$/im.exec(raw)?.[1] ?? "";
          const to = session.envelope.rcptTo[0]?.address ?? "";
          state.taken.push({ to, raw, messageId });
          void state.beforeYes(to).then(() => callback());
        },
        // Whoever was sending gave up in the middle of it: half a mail is none.
        () => {},
      );
    },
  });
  smtp.on("error", () => {});
  const port = await listen(smtp);
  const state: TestMailServer = {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    taken: [],
    manner: "take",
    beforeYes: async () => {},
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
  return state;
}

function smtpError(responseCode: number): Error {
  return Object.assign(new Error("refused by the test"), { responseCode });
}

async function listen(smtp: SMTPServer): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isListening = await new Promise<boolean>((resolve) => {
      smtp.server.once("error", () => resolve(false));
      smtp.server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isListening) return port;
  }
}
