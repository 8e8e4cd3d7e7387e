// What our worker answers to players of films and sound: a page that holds nothing but the player, and ranges of what a page of ours opens
// and verifies for it, piece by piece.

/** For every answer: nothing keeps it, nothing guesses what it is, and no other origin gets it. */
self.guarded = {
  "cache-control": "no-store",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

self.playerTags = { film: "video playsinline", sound: "audio" };
const playerStyle =
  "html,body{margin:0;height:100%;overflow:hidden}" +
  "video,audio{display:block;width:100%;height:100%}audio{border-radius:27px}" +
  ":focus-visible{outline:2px solid;outline-offset:-2px}";
/** SHA-256 of `playerStyle`, for the policy; a test compares them. */
const playerStyleHash = "sha256-BxpketWfSNE8WMOY0upRasyf3nfIPDzAPwoV1QU9SLA=";

/** `/saving/<kind>/<id>/` is the player's page, `/saving/<kind>/<id>/content` what it plays. */
self.answerPlayer = (request, { kind, id, part }) => {
  if (part === "") return playerPage(kind);
  // Why no navigation: what is played is never shown as a page of its own.
  return part === "content" && request.mode !== "navigate"
    ? content(id, request.headers.get("range"))
    : Response.error();
};

/**
 * Why a page of its own: a worker sees only what pages below its own address ask for. It runs no script, and no word of a document is in it.
 */
function playerPage(kind) {
  const tag = self.playerTags[kind];
  const page = [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Player</title>',
    `<style>${playerStyle}</style>`,
    `<${tag} controls controlslist="nodownload" preload="metadata" src="content"></${tag.split(" ")[0]}></html>`,
  ].join("");
  const policy = ["default-src 'none'", "media-src 'self'", `style-src '${playerStyleHash}'`, "base-uri 'none'"];
  return new Response(page, {
    headers: {
      ...self.guarded,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": [...policy, "form-action 'none'", "frame-ancestors 'self'"].join("; "),
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    },
  });
}

/** What players are given, and nothing else: none of these runs anything. The page has the same list. */
const playable = new Set([
  "audio/mpeg",
  "audio/mp4",
  "audio/x-m4a",
  "audio/aac",
  "audio/ogg",
  "audio/wav",
  "audio/x-wav",
  "audio/flac",
  "audio/webm",
  "video/mp4",
  "video/webm",
  "video/ogg",
  "video/quicktime",
]);

/** How long a page may take to say that it plays this, ms. */
const claimMs = 5_000;
/** Bytes of one question to the page, and of one answer to a player, which asks again for what follows: a connection is never held for long. */
const pieceBytes = 2 ** 18;
const answerBytes = 2 ** 23;

/** A range of what a page plays; all of it where no range was asked for. Source: RFC 9110 §14.1.2, §15.3.7, §15.5.17. */
async function content(id, header) {
  const source = await claimed(id);
  if (source === null) return Response.error();
  if (!playable.has(source.type)) return nothingOf(source, Response.error());
  const { type, size } = source;
  const headers = {
    ...self.guarded,
    "accept-ranges": "bytes",
    "content-type": type,
    "content-security-policy": "default-src 'none'; sandbox",
  };
  const range = parseRange(header, size);
  if (range === null)
    return new Response(piecesOf(source, 0, size), { headers: { ...headers, "content-length": String(size) } });
  const { from, to } = range;
  if (from >= size) {
    headers["content-range"] = `bytes */${size}`;
    return nothingOf(source, new Response(null, { status: 416, headers }));
  }
  headers["content-range"] = `bytes ${from}-${to - 1}/${size}`;
  headers["content-length"] = String(to - from);
  return new Response(piecesOf(source, from, to), { status: 206, headers });
}

/** An answer without anything of the source, which the page can forget. */
function nothingOf({ port }, answer) {
  port.postMessage("over");
  return answer;
}

/** Bytes [from, to), no more than one answer holds. Null for no range, and for every form that no player uses, as the RFC allows. */
function parseRange(header, size) {
  const found = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? "");
  if (found === null) return null;
  const from = Number(found[1]);
  const end = found[2] === "" ? size : Math.min(Number(found[2]) + 1, size);
  return end <= from && from < size ? null : { from, to: Math.min(end, from + answerBytes) };
}

/** Asks every page of ours for what plays under this id. Null: none does, or not any more. */
async function claimed(id) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return new Promise((resolve) => {
    let isOver = false;
    const end = (source) => {
      isOver = true;
      clearTimeout(timer);
      resolve(source);
    };
    const timer = setTimeout(() => end(null), claimMs);
    for (const page of pages) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data: { type, size } }) => {
        if (isOver) port1.postMessage("over");
        else end({ type, size, port: port1 });
      };
      page.postMessage({ plays: id }, [port2]);
    }
  });
}

/** Bytes [from, to), asked for as the player takes them. Why in pieces: not every browser says when a player drops an answer. */
function piecesOf({ port }, from, to) {
  let at = from;
  return new ReadableStream(
    {
      pull(controller) {
        return new Promise((resolve, reject) => {
          port.onmessage = ({ data }) => {
            if (!(data instanceof Uint8Array)) return reject(new TypeError("the page refused this part"));
            controller.enqueue(data);
            at += data.length;
            if (at >= to) {
              controller.close();
              port.postMessage("over");
            }
            resolve();
          };
          port.postMessage({ from: at, to: Math.min(at + pieceBytes, to) });
        });
      },
      cancel() {
        port.postMessage("over");
      },
    },
    { highWaterMark: 0 },
  );
}
