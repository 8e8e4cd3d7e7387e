import type { z } from "zod";

/** Who may call: nobody in particular, a signed-in owner (passphrase and second factor), or a recipient with a mail link. */
export type RouteAuth = "none" | "owner" | "recipient";

export interface RouteSpec {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/v1/${string}`;
  readonly auth: RouteAuth;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Headers that the call needs, beside those that every request has. */
  readonly headers?: z.ZodType;
  /** A JSON body, or `"bytes"` for a streamed application/octet-stream upload. */
  readonly body?: z.ZodType | "bytes";
  /** A JSON answer, or `"bytes"` for a streamed download. */
  readonly response: z.ZodType | "bytes";
  readonly status: 200 | 201 | 202;
  /** Largest accepted request body in bytes; 64 KiB where absent. */
  readonly bodyLimit?: number;
}

export function route<const Spec extends RouteSpec>(spec: Spec): Spec {
  return spec;
}

export type RouteInput<S extends RouteSpec> = (S["params"] extends z.ZodType
  ? { params: z.infer<S["params"]> }
  : object) &
  (S["query"] extends z.ZodType ? { query: z.infer<S["query"]> } : object) &
  (S["body"] extends z.ZodType ? { body: z.infer<S["body"]> } : object);

export type RouteOutput<S extends RouteSpec> = S["response"] extends z.ZodType ? z.infer<S["response"]> : never;
