import { SdkError } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { feedWorker } from "./feed-worker.ts";

/** Timers that run out only when they are told to. */
function theTimers() {
  const armed = new Map<() => void, number>();
  const after = (ms: number, act: () => void): (() => void) => {
    armed.set(act, ms);
    return () => void armed.delete(act);
  };
  return { after, armed: () => [...armed.values()], runOut: () => [...armed.keys()].forEach((act) => act()) };
}

function threePieces(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (let i = 0; i < 3; i++) controller.enqueue(new Uint8Array([i]));
      controller.close();
    },
  });
}

/** A worker's side of a download. */
async function withWorker(work: (page: MessagePort, ask: (word: string) => Promise<unknown>) => Promise<void>) {
  const { port1, port2 } = new MessageChannel();
  const ask = (word: string): Promise<unknown> =>
    new Promise((resolve) => {
      port2.onmessage = ({ data }) => resolve(data);
      port2.postMessage(word);
    });
  try {
    await work(port1, ask);
  } finally {
    port1.close();
    port2.close();
  }
}

const ended = (fed: Promise<void>): Promise<unknown> =>
  fed.then(
    () => "done",
    (error: unknown) => error,
  );

describe("a download that is fed to a worker", () => {
  it("ends with the last piece, and waits for nothing any more", () =>
    withWorker(async (page, ask) => {
      const timers = theTimers();
      const fed = ended(feedWorker(threePieces(), page, () => undefined, timers.after));
      expect([await ask("pull"), await ask("pull"), await ask("pull")]).toEqual([
        new Uint8Array([0]),
        new Uint8Array([1]),
        new Uint8Array([2]),
      ]);
      expect([await ask("pull"), await fed, timers.armed()]).toEqual(["end", "done", []]);
    }));

  it("is cut into small pieces, exactly, and reads on only when all of what it has was taken", () =>
    withWorker(async (page, ask) => {
      const parts = [150_000, 0, 65_536, 1].map((length) => Uint8Array.from({ length }, (_, at) => at % 251));
      let read = 0;
      const stream = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const part = parts[read++];
            if (part === undefined) controller.close();
            else controller.enqueue(part);
          },
        },
        { highWaterMark: 0 },
      );
      const fed = feedWorker(stream, page, () => undefined, theTimers().after);
      const pieces: Uint8Array[] = [];
      const readAt: number[] = [];
      for (;;) {
        const piece = await ask("pull");
        if (!(piece instanceof Uint8Array)) break;
        pieces.push(piece);
        readAt.push(read);
      }
      await fed;
      expect(pieces.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928, 65_536, 1]);
      expect(readAt).toEqual([1, 1, 1, 3, 4]);
      expect(Buffer.compare(Buffer.concat(pieces), Buffer.concat(parts))).toBe(0);
    }));

  it.each([
    ["before its first piece", 0, "nothing was saved"],
    ["in the middle of it", 2, "ten minutes"],
  ])("says so when the worker is ended %s, instead of waiting for ever", (_when, pulls, words) =>
    withWorker(async (page, ask) => {
      const timers = theTimers();
      const fed = ended(feedWorker(threePieces(), page, () => undefined, timers.after));
      for (let i = 0; i < pulls; i++) await ask("pull");
      expect(timers.armed().length).toBe(1);
      timers.runOut();
      const error = await fed;
      expect(error).toBeInstanceOf(SdkError);
      expect(String(error)).toContain(words);
    }),
  );
});
