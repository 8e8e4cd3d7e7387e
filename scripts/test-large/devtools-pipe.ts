import type { Readable, Writable } from "node:stream";

/** Whatever comes over the protocol; its shape is checked where it is read. */
export type Fields = Readonly<Record<string, unknown>>;
export type DevtoolsEvent = { readonly method: string; readonly params: Fields; readonly session: string };

type Waiting = { readonly method: string; resolve(result: Fields): void; reject(error: Error): void };

/**
 * Chromium's own remote control over two pipes, JSON texts that each end in a zero byte.
 * Source: https://chromedevtools.github.io/devtools-protocol/
 */
export class DevtoolsPipe {
  readonly #toBrowser: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: DevtoolsEvent) => void>();
  #last = 0;
  #ended: Error | null = null;

  constructor(toBrowser: Writable, fromBrowser: Readable) {
    this.#toBrowser = toBrowser;
    let rest = "";
    fromBrowser.setEncoding("utf8");
    fromBrowser.on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#take(JSON.parse(message) as Fields);
    });
    for (const end of ["close", "error"]) fromBrowser.on(end, () => this.#end());
    toBrowser.on("error", () => this.#end());
  }

  /** @param session of a page; empty for the browser itself */
  call(method: string, params: Fields = {}, session = ""): Promise<Fields> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#last;
    const answer = new Promise<Fields>((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
    const whom = session === "" ? {} : { sessionId: session };
    this.#toBrowser.write(`${JSON.stringify({ id, method, params, ...whom })}\0`);
    return answer;
  }

  /** Answers how to stop listening. */
  listen(listener: (event: DevtoolsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #take({ id, method, params, sessionId, result, error }: Fields): void {
    if (typeof id !== "number") {
      const event = { method: String(method), params: fieldsOf(params), session: textOf(sessionId) };
      for (const listener of this.#listeners) listener(event);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(fieldsOf(result));
    else waiting?.reject(new Error(`Chromium refused ${waiting.method}: ${textOf(fieldsOf(error)["message"])}`));
  }

  #end(): void {
    this.#ended ??= new Error("Chromium ended");
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
