// Hands browsers what a page opened and verified, where they have no better way: a stream as a download, and ranges of a film or a
// sound to a player. It answers addresses below /saving/ alone: a download's once and only after the page announced it, a player's as
// long as the page that plays it says so. It keeps nothing, caches nothing, asks the network for nothing, and touches no other page
// or request.

// What players are given is in a file of its own.
importScripts("/saving/player.js");

/** Downloads that pages announced and nobody fetched yet, by one-time id. */
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
  event.respondWith(answer(event.request));
});

async function answer(request) {
  const [place, id = "", ...rest] = new URL(request.url).pathname.slice("/saving/".length).split("/");
  if (request.method !== "GET") return Response.error();
  if (Object.hasOwn(self.playerTags, place) && idShape.test(id))
    return self.answerPlayer(request, { kind: place, id, part: rest.join("/") });
  const found = announced.get(place);
  announced.delete(place);
  return found === undefined || id !== "" ? Response.error() : download(found);
}

function download({ name, size, port }) {
  return new Response(streamFrom(port), {
    headers: {
      ...self.guarded,
      // Why never the file's own type: nothing of a document may ever be shown inside this origin.
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodeName(name)}`,
      "content-security-policy": "default-src 'none'; sandbox",
      // A ZIP's size is not known before its end.
      ...(typeof size === "number" ? { "content-length": String(size) } : {}),
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
