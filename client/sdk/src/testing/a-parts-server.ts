import { concatBytes, decodeBase64, decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";

/** What becomes of one call on its way. `killed…`: the client's process ends there. */
export type Fate =
  "answered" | "lost-before" | "lost-after" | "unavailable" | "slow-down" | "killed-before" | "killed-after";

/** A part's body as it was handed to the network. */
export type LeftPart = { readonly ver: string; readonly part: number; readonly bytes: Uint8Array };

export type BegunVersion = {
  readonly doc: string;
  readonly ver: string;
  readonly header: Uint8Array;
  readonly metadata: Uint8Array;
  readonly payloadLen: number;
  readonly objectLen: number;
  readonly parts: Map<number, Uint8Array>;
};

type Answer = { readonly status: number; readonly body: object };

/**
 * Takes uploads as the contract says, in memory. `left` has every body that a client ever handed over, also of calls that got lost: what
 * left cannot be called back.
 */
export class PartsServer {
  readonly partLength: number;
  readonly left: LeftPart[] = [];
  /** By version; what was discarded is gone. */
  readonly versions = new Map<string, BegunVersion>();
  /** Every version ever announced. */
  readonly begun: BegunVersion[] = [];
  /** How many turns of the event loop an answer takes. */
  turns = 1;
  /** Most parts that were on their way at once. */
  mostAtOnce = 0;
  #atOnce = 0;

  constructor(partLength: number) {
    this.partLength = partLength;
  }

  /** A `fetch` to this server, for one life of a client. */
  fetchOf(nextFate: () => Fate, die: () => Promise<never>): typeof fetch {
    return async (input, init = {}) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      const body = init.body === undefined || init.body === null ? null : await bytesOf(init.body);
      const part = /\/versions\/([^/]+)\/parts\/(\d+)$/.exec(path);
      if (part !== null && body !== null) this.left.push({ ver: part[1] ?? "", part: Number(part[2]), bytes: body });
      if (part !== null) this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
      try {
        return await this.#fated(nextFate(), die, () => this.#answer(init, path, body));
      } finally {
        if (part !== null) this.#atOnce--;
      }
    };
  }

  async #fated(fate: Fate, die: () => Promise<never>, answer: () => Answer): Promise<Response> {
    for (let turn = 0; turn < this.turns; turn++) await new Promise(setImmediate);
    if (fate === "killed-before") return die();
    if (fate === "lost-before") throw new TypeError("the connection was lost");
    if (fate === "unavailable") return respond({ status: 503, body: { nothing: "of ours" } });
    if (fate === "slow-down") return respond(refusal(429, "too-many-requests"), { "retry-after": "3" });
    const answered = answer();
    if (fate === "killed-after") return die();
    if (fate === "lost-after") throw new TypeError("the connection was lost");
    return respond(answered);
  }

  #answer({ method = "GET", headers }: RequestInit, path: string, body: Uint8Array | null): Answer {
    const [, , , doc = "", , ver = "", , part] = path.split("/");
    if (method === "POST" && body !== null) return this.#begin(JSON.parse(new TextDecoder().decode(body)));
    if (method === "DELETE") {
      this.versions.delete(ver);
      return { status: 200, body: {} };
    }
    const version = this.versions.get(ver);
    if (version === undefined || version.doc !== doc) return refusal(404, "document-unknown");
    if (method === "PUT" && body !== null) return this.#put(version, Number(part), body, new Headers(headers));
    const parts = [...version.parts].sort(([a], [b]) => a - b);
    const listed = parts.map(([number, bytes]) => ({ part: number, sha256: hash(bytes) }));
    return { status: 200, body: { parts: listed, object: objectOf(version, this.partLength) } };
  }

  #begin(body: Record<string, string> & { payloadLen: number; objectLen: number }): Answer {
    const { doc = "", ver = "", payloadLen, objectLen } = body;
    const [header, metadata] = [decodeBase64url(body["header"] ?? ""), decodeBase64url(body["metadata"] ?? "")];
    const known = this.versions.get(ver);
    if (known !== undefined && hash(known.header) !== hash(header)) return refusal(409, "document-exists");
    if (known !== undefined) return { status: 201, body: {} };
    const version = { doc, ver, header, metadata, payloadLen, objectLen, parts: new Map() };
    this.begun.push(version);
    this.versions.set(ver, version);
    return { status: 201, body: {} };
  }

  #put(version: BegunVersion, part: number, bytes: Uint8Array, headers: Headers): Answer {
    const digest = /^sha-256=:(.*):$/.exec(headers.get("content-digest") ?? "")?.[1] ?? "";
    if (encodeBase64url(decodeBase64(digest, "padded")) !== hash(bytes)) return refusal(400, "part-damaged");
    const expected = Math.min(this.partLength, version.objectLen - part * this.partLength);
    if (bytes.length !== expected) return refusal(400, "object-length-wrong");
    const known = version.parts.get(part);
    if (known !== undefined && hash(known) !== hash(bytes)) return refusal(409, "part-differs");
    version.parts.set(part, bytes);
    return { status: 200, body: { sha256: hash(bytes), object: objectOf(version, this.partLength) } };
  }
}

/** The whole object of a version. */
export function objectBytes({ parts }: BegunVersion): Uint8Array<ArrayBuffer> {
  return concatBytes(...[...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
}

function objectOf({ parts, objectLen }: BegunVersion, partLength: number): string {
  if (parts.size < Math.ceil(objectLen / partLength)) return "";
  const hashes = [...parts].sort(([a], [b]) => a - b).map(([, bytes]) => sha256(bytes));
  return encodeBase64url(sha256(concatBytes(...hashes)));
}

function hash(bytes: Uint8Array): string {
  return encodeBase64url(sha256(bytes));
}

function refusal(status: number, code: string): Answer {
  const words = { title: code, detail: code, next: "", requestId: "1" };
  return { status, body: { type: `urn:afterkeep:error:${code}`, status, code, ...words } };
}

function respond({ status, body }: Answer, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

async function bytesOf(body: BodyInit): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}
