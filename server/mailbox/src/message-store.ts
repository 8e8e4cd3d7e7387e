import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, makePrivateFolder, writePrivateFile } from "@afterkeep/platform";
import { type Arrival, type Message, parseMessage } from "./message.ts";

export type MessageStore = {
  /** Keeps a mail; it is on disk when this returns. */
  keep(envelope: { from: string; to: string[] }, raw: Uint8Array): Promise<Message>;
  /** Newest first. */
  list(to?: string): Message[];
  find(id: string): Message | null;
  /** The mail as it arrived; null when there is none. */
  readRaw(id: string): Promise<Buffer | null>;
};

const keptAtMost = 5_000;

/** Opens the folder of kept mails: for each `<id>.eml` as it arrived and `<id>.json` with its envelope. */
export async function openMessageStore(folder: string, clock: Clock): Promise<MessageStore> {
  await makePrivateFolder(folder);
  const messages = await readMessages(folder);
  let arrivals = 0;
  return {
    keep: async (envelope, raw) => {
      const receivedMs = clock.nowMs();
      const id = nextId(receivedMs, (arrivals += 1));
      await writePrivateFile(join(folder, `${id}.json`), JSON.stringify({ ...envelope, receivedMs }));
      await writePrivateFile(join(folder, `${id}.eml`), raw);
      const message = await parseMessage({ id, ...envelope, receivedMs, raw });
      messages.unshift(message);
      messages.length = Math.min(messages.length, keptAtMost);
      return message;
    },
    list: (to) => (to === undefined ? messages : messages.filter((message) => isFor(message, to))),
    find: (id) => messages.find((message) => message.id === id) ?? null,
    readRaw: async (id) => (messages.some((message) => message.id === id) ? readFile(join(folder, `${id}.eml`)) : null),
  };
}

// Ids sort as the mails arrived, also those of one millisecond.
function nextId(receivedMs: number, arrival: number): string {
  const [time, order] = [receivedMs, arrival].map((number) => number.toString(36).padStart(9, "0"));
  return `${time}-${order}-${randomBytes(6).toString("hex")}`;
}

function isFor(message: Message, to: string): boolean {
  return message.to.some((address) => address.toLowerCase() === to.toLowerCase());
}

async function readMessages(folder: string): Promise<Message[]> {
  const ids = (await readdir(folder)).filter((name) => name.endsWith(".eml")).map((name) => name.slice(0, -4));
  const newest = ids.sort().reverse().slice(0, keptAtMost);
  return Promise.all(newest.map(async (id) => parseMessage(await readArrival(folder, id))));
}

async function readArrival(folder: string, id: string): Promise<Arrival> {
  const [raw, envelope] = await Promise.all([
    readFile(join(folder, `${id}.eml`)),
    readFile(join(folder, `${id}.json`), "utf8"),
  ]);
  // We wrote it ourselves, before the mail.
  const { from, to, receivedMs } = JSON.parse(envelope) as { from: string; to: string[]; receivedMs: number };
  return { id, from, to, receivedMs, raw };
}
