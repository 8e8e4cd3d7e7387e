import { passBytes } from "./lean-memory.ts";

const pieceBytes = 65_536;

/**
 * `fetch` that sends bytes without copying them first.
 * Why: Node's own clones every body of bytes (the Fetch Standard's "extract a body"), so that each part on its way would lie in memory twice.
 */
export const leanFetch: typeof fetch = (input, init) => {
  const body = init?.body;
  if (!(body instanceof Uint8Array)) return fetch(input, init);
  const headers = new Headers(init?.headers);
  headers.set("content-length", String(body.length));
  const streamed: RequestInit & { duplex: "half" } = { ...init, headers, body: streamOf(body), duplex: "half" };
  return fetch(input, streamed);
};

/** Views into the bytes, given out as they are asked for. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        const piece = bytes.subarray(at, at + pieceBytes);
        controller.enqueue(piece);
        at += piece.length;
        passBytes(piece.length);
      },
    },
    { highWaterMark: 0 },
  );
}
