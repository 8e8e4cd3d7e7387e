import { createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { createMailer } from "./mailer.ts";

/** Greets, and then goes on with its answer, a line now and then, without ever coming to its end. */
async function aServerThatGoesOn() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write("220 here\r\n");
    const saying = setInterval(() => socket.write("250-and\r\n"), 20);
    socket.on("close", () => clearInterval(saying)).on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { smtpUrl: `smtp://127.0.0.1:${address.port}`, close };
}

it("a mail comes to its end where the server never does, as one that it may have taken", async () => {
  const server = await aServerThatGoesOn();
  const mailer = createMailer({ smtpUrl: server.smtpUrl, from: "a@example.test", longestMs: 300 });
  try {
    const sending = mailer.sendMail({ to: "b@example.test", subject: "s", text: "t" });
    await expect(sending).rejects.toMatchObject({ code: "mail-unanswered" });
  } finally {
    mailer.close();
    await server.close();
  }
});
