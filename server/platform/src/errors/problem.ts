import * as z from "zod";
import {
  AfterkeepError,
  ConflictError,
  DependencyError,
  ForbiddenError,
  InputError,
  InvariantError,
  NotFoundError,
  RateLimitedError,
  UnauthenticatedError,
} from "./errors.ts";

/** An RFC 9457 problem document, as every HTTP answer of ours that is an error carries it. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  next: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

const kinds = [
  { status: 400, title: "Bad request", type: InputError },
  { status: 401, title: "Not signed in", type: UnauthenticatedError },
  { status: 403, title: "Not allowed", type: ForbiddenError },
  { status: 404, title: "Not found", type: NotFoundError },
  { status: 409, title: "Conflict", type: ConflictError },
  { status: 429, title: "Too many requests", type: RateLimitedError },
  { status: 503, title: "Unavailable", type: DependencyError },
  { status: 500, title: "Our mistake", type: InvariantError },
] as const;

const ours = new InvariantError("internal", "Something went wrong on our side. Nothing was changed.", {
  next: "Try again in a minute. If it stays, tell the operator the request id.",
});

/** The problem document for any thrown thing; what is not an AfterkeepError is told as `internal`, without its message. */
export function toProblem(error: unknown, requestId: string): { status: number; body: Problem } {
  const known = error instanceof AfterkeepError ? error : ours;
  const kind = kinds.find(({ type }) => known instanceof type) ?? kinds[7];
  const body: Problem = {
    type: `urn:afterkeep:error:${known.code}`,
    title: kind.title,
    status: kind.status,
    code: known.code,
    detail: known.publicMessage,
    requestId,
    ...(known.next === undefined ? {} : { next: known.next }),
  };
  return { status: kind.status, body };
}

/** The error that a problem document from another zone stands for; anything unreadable is an InvariantError. */
export function errorFromProblem(problem: unknown): AfterkeepError {
  const parsed = problemSchema.safeParse(problem);
  if (!parsed.success)
    return new InvariantError("unreadable-error", "An answer could not be read.", { cause: parsed.error });
  const { status, code, detail, next } = parsed.data;
  const Kind = kinds.find((kind) => kind.status === status)?.type ?? InvariantError;
  return new Kind(code, detail, next === undefined ? {} : { next });
}
