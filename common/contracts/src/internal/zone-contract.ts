import type { z } from "zod";

export const zoneNames = ["supervisor", "api", "clock", "keyholder", "kms", "auditor"] as const;
export type ZoneName = (typeof zoneNames)[number];

/** One internal call: `POST /<name>` over mutual TLS. Only the zones in `callers` are let in. */
export interface ZoneMethod<Request extends z.ZodType = z.ZodType, Response extends z.ZodType = z.ZodType> {
  readonly callers: readonly ZoneName[];
  readonly request: Request;
  readonly response: Response;
}

export type ZoneContract = Readonly<Record<string, ZoneMethod>>;

export function zoneMethod<Request extends z.ZodType, Response extends z.ZodType>(
  method: ZoneMethod<Request, Response>,
): ZoneMethod<Request, Response> {
  return method;
}
