// Turns a stream of the page into a download, where a browser has no better way to write a large file without holding it.
// It answers addresses below /saving/ alone, each once and only after the page announced it; it keeps nothing, caches nothing,
// asks the network for nothing, and touches no other page or request.

/** What pages announced and nobody fetched yet, by one-time id. */
const announced = new Map();
const idShape = /^[A-Za-z0-9_-]{22}$/;

self.addEventListener("install", () => self.skipWaiting());

// Why only messages keep it awake: browsers end an idle worker after half a minute, also in the middle of an answer.
self.addEventListener("message", (event) => {
  const { id, name, size } = event.data ?? {};
  const port = event.ports[0];
  if (typeof id !== "string" || !idShape.test(id) || port === undefined) return;
  announced.set(id, { name: String(name), size, port });
  port.postMessage("ready");
});

self.addEventListener("fetch", (event) => {
  const id = new URL(event.request.url).pathname.slice("/saving/".length);
  const found = announced.get(id);
  announced.delete(id);
  event.respondWith(found === undefined || event.request.method !== "GET" ? Response.error() : answer(found));
});

function answer({ name, size, port }) {
  return new Response(streamFrom(port), {
    headers: {
      // Why never the file's own type: nothing of a document may ever be shown inside this origin.
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodeName(name)}`,
      // A size that is not known before the end, as of a ZIP, is not said.
      ...(typeof size === "number" ? { "content-length": String(size) } : {}),
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Source: RFC 8187 §3.2.1, the characters that need no encoding. */
function encodeName(name) {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

/** Asks for one piece at a time, so that a slow disk slows the page down instead of filling the memory. */
function streamFrom(port) {
  let asked = null;
  return new ReadableStream(
    {
      start(controller) {
        port.onmessage = ({ data }) => {
          if (data instanceof Uint8Array) controller.enqueue(data);
          else if (data === "end") controller.close();
          // Why an error: the browser then marks the download as failed instead of leaving a part that looks whole.
          else controller.error(new TypeError("the page refused the rest"));
          asked?.();
        };
      },
      pull() {
        port.postMessage("pull");
        return new Promise((resolve) => (asked = resolve));
      },
      cancel() {
        port.postMessage("cancel");
      },
    },
    { highWaterMark: 0 },
  );
}
