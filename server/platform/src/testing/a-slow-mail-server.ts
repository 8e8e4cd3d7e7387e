import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What it waits for before it answers: the greeting, RCPT, or the final dot. */
export type SlowStep = "greeting" | "rcpt" | "dot";
export type SlowMailServer = {
  readonly smtpUrl: string;
  /** What came after DATA, of each session that got so far. */
  readonly contents: string[];
  /** Sessions that are open. */
  readonly sessions: ReadonlySet<Socket>;
  close(): Promise<void>;
};

/** A real SMTP server on loopback that takes its time, in silence or with a line now and then that ends nothing. */
export async function aSlowMailServer(
  step: SlowStep,
  { afterMs, dripEveryMs }: { afterMs: number; dripEveryMs?: number },
): Promise<SlowMailServer> {
  const [sessions, contents] = [new Set<Socket>(), Array.of<string>()];
  const server = createServer((socket) => {
    sessions.add(socket);
    socket.on("close", () => sessions.delete(socket)).on("error", () => {});
    const say = async (at: SlowStep | "other", code: number) => {
      if (at === step) await takeTime(socket, code);
      if (!socket.destroyed) socket.write(`${code} now\r\n`);
    };
    void say("greeting", 220);
    listen(socket, say, contents);
  });
  const takeTime = async (socket: Socket, code: number) => {
    for (let leftMs = afterMs; leftMs > 0 && !socket.destroyed; leftMs -= dripEveryMs ?? afterMs) {
      await delay(dripEveryMs ?? afterMs, undefined, { ref: false });
      if (dripEveryMs !== undefined && !socket.destroyed) socket.write(`${code}-not yet\r\n`);
    }
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sessions) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { smtpUrl: `smtp://127.0.0.1:${port}`, contents, sessions, close };
}

function listen(socket: Socket, say: (at: SlowStep | "other", code: number) => Promise<void>, contents: string[]) {
  let [heard, isData] = ["", false];
  socket.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
    if (isData) {
      if (!heard.endsWith("\r\n.\r\n")) return;
      contents.push(heard);
      [heard, isData] = ["", false];
      return void say("dot", 250);
    }
    if (!heard.endsWith("\r\n")) return;
    isData = /^DATA/i.test(heard);
    const [at, code] = /^RCPT/i.test(heard) ? (["rcpt", 250] as const) : (["other", isData ? 354 : 250] as const);
    heard = "";
    void say(at, code);
  });
}
