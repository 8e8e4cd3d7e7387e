/** Refusals that only HTTP knows; everything else is one of platform's errors. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly publicMessage: string;
  readonly next: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    publicMessage: string,
    next: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
    this.status = status;
    this.code = code;
    this.publicMessage = publicMessage;
    this.next = next;
    this.headers = headers;
  }
}

export const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  413: "Too large",
  414: "Address too long",
  415: "Unsupported media type",
  416: "Range not satisfiable",
  431: "Headers too large",
};

export function malformed(
  code: string,
  message: string,
  next = "Send it again in the form that the API describes.",
): HttpError {
  return new HttpError(400, code, message, next);
}
