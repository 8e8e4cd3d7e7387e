import type { Problem } from "@afterkeep/contracts";
import { MalformedError } from "@afterkeep/bytes";
import { AfterkeepError, DependencyError, InputError, type Logger, toProblem } from "@afterkeep/platform";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { TooManyCallsError } from "../context/rate-limiter.ts";
import { HttpError, titles } from "./http-error.ts";

/** The problem document (RFC 9457) for anything thrown on a request's way. What is not ours is told without its message. */
export function problemOf(
  error: unknown,
  requestId: string,
): { status: number; headers: Record<string, string>; body: Problem } {
  const known = fromFramework(error);
  if (known instanceof HttpError) return fromHttp(known, requestId);
  const { status, body } = toProblem(known, requestId);
  const headers: Record<string, string> = {};
  if (known instanceof TooManyCallsError) headers["retry-after"] = String(Math.ceil(known.retryAfterMs / 1000));
  if (status === 503) headers["retry-after"] = "5";
  return { status, headers, body: { ...body, next: body.next ?? nextByStatus(status) } };
}

/** Answers with a problem document, and notes it. */
export function sendProblem(
  logger: Logger,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, headers, body } = problemOf(error, request.id);
  logger[status >= 500 ? "error" : "info"]({
    event: "refused",
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url ?? "",
    status,
    code: body.code,
    ...(status >= 500 ? { err: error } : {}),
  });
  // Why: what is left of a refused upload is not read, so nothing else can follow on this connection.
  if (!request.raw.complete && hasBody(request)) reply.header("connection", "close");
  return reply.code(status).headers(headers).type("application/problem+json").serializer(JSON.stringify).send(body);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function fromHttp(
  error: HttpError,
  requestId: string,
): { status: number; headers: Record<string, string>; body: Problem } {
  const body: Problem = {
    type: `urn:afterkeep:error:${error.code}`,
    title: titles[error.status] ?? "Refused",
    status: error.status,
    code: error.code,
    detail: error.publicMessage,
    next: error.next,
    requestId,
  };
  return { status: error.status, headers: { ...error.headers }, body };
}

// Fastify's own refusals, by code; what is not listed and not ours ends as `internal`.
const frameworkErrors: Readonly<Record<string, () => HttpError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new HttpError(413, "body-too-large", "The request is larger than this call takes.", "Send less at once."),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new HttpError(
      415,
      "media-type-unsupported",
      "The request's content type is not one that this call takes.",
      "Send application/json, or application/octet-stream for an object.",
    ),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new HttpError(400, "length-wrong", "The request is shorter or longer than it says.", "Send it again."),
  FST_ERR_BAD_URL: () => malformedAddress(),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    new HttpError(414, "address-too-long", "The address is too long.", "Check the address."),
};

function fromFramework(error: unknown): unknown {
  if (error instanceof AfterkeepError || error instanceof HttpError) return error;
  if (error instanceof MalformedError)
    return new InputError("malformed", "A value is not in the form that it should have.", {
      next: nextByStatus(400),
      cause: error,
    });
  const invalid = invalidRequest(error);
  if (invalid !== null) return invalid;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (isDatabaseAway(error, code)) return databaseAway(error);
  return frameworkErrors[code]?.() ?? error;
}

// Source: PostgreSQL manual, appendix A: class 08 (connection), 53 (resources), 57P (operator intervention).
function isDatabaseAway(error: unknown, code: string): boolean {
  const refused = ["ECONNREFUSED", "ENOENT"].includes(code) && isOfCall(error, "connect");
  return (
    refused ||
    /^(08...|53...|57P0.)$/.test(code) ||
    (error instanceof Error && error.message.startsWith("Connection terminated"))
  );
}

function isOfCall(error: unknown, syscall: string): boolean {
  return error instanceof Error && "syscall" in error && error.syscall === syscall;
}

function databaseAway(cause: unknown): DependencyError {
  return new DependencyError("database-unavailable", "The server's database does not answer. Nothing was changed.", {
    next: "Wait a moment and try again.",
    cause,
  });
}

// Why no values: what was sent may be a secret, and a problem document travels into logs and screenshots.
function invalidRequest(error: unknown): InputError | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null;
  const where = error.validation.map(
    ({ instancePath, message }) => `${error.validationContext ?? "request"}${instancePath}: ${message ?? "wrong"}`,
  );
  return new InputError("invalid-request", `The request does not fit: ${where.slice(0, 5).join("; ").slice(0, 500)}.`, {
    next: nextByStatus(400),
    cause: error,
  });
}

export function malformedAddress(): HttpError {
  return new HttpError(400, "address-malformed", "The address cannot be read.", "Check the address.");
}

function nextByStatus(status: number): string {
  if (status === 400) return "Send it again in the form that the API describes.";
  if (status === 401) return "Sign in again.";
  if (status === 404) return "Check the address, or reload.";
  if (status === 409) return "Reload, look at what changed, and try again.";
  if (status === 503) return "Wait a moment and try again.";
  return "If this stays, tell the operator the request id.";
}
