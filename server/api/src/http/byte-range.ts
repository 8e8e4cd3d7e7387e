import { HttpError } from "./http-error.ts";

export type ByteRange = { start: number; end: number; isPartial: boolean };

/**
 * The one range that a request asks for (RFC 9110 §14). Several at once, or another unit, are answered whole, as the RFC allows.
 * Throws HttpError 416 when the range lies outside.
 */
export function byteRangeOf(header: string | undefined, length: number): ByteRange {
  const whole = { start: 0, end: length - 1, isPartial: false };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  const [first = "", last = ""] = match?.slice(1) ?? [];
  if (first === "" && last === "") return whole;
  const start = first === "" ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === "" || last === "" ? length - 1 : Math.min(Number(last), length - 1);
  if (first !== "" && last !== "" && Number(last) < start) return whole;
  if (start > end) throw outside(length);
  return { start, end, isPartial: true };
}

function outside(length: number): HttpError {
  return new HttpError(
    416,
    "range-outside",
    "The object ends before that range.",
    "Ask for a range inside the object.",
    {
      "content-range": `bytes */${length}`,
    },
  );
}
