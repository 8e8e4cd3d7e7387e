import type { PeerCertificate } from "node:tls";
import type { Pool } from "undici";
import { AfterkeepError, DependencyError, InvariantError } from "../errors/errors.ts";
import { errorFromProblem } from "../errors/problem.ts";
import { type ZoneName, zoneOfAltName } from "../zone/zone-names.ts";
import type { ZonePlace } from "./serve-zone.ts";
import { healthMethod, type RequestOf, type ResponseOf, type ZoneContract, type ZoneMethod } from "./zone-contract.ts";

export type ConnectZoneOptions = {
  /** Who we are; a ZoneRuntime fits. */
  zone: ZonePlace;
  to: ZoneName;
  /** Milliseconds a call may take; default 10 000. */
  timeoutMs?: number;
};
export type ZoneClient<Contract extends ZoneContract> = {
  [Name in keyof Contract]: (request: RequestOf<Contract[Name]>) => Promise<ResponseOf<Contract[Name]>>;
} & { health(request: Record<string, never>): Promise<{ ok: true }>; close(): Promise<void> };

/**
 * A typed client of another zone with keep-alive. Dials at the first call, and believes the peer only if its certificate names
 * the zone meant. Errors of the peer come back as the same classes; a peer that is away is DependencyError `zone-unavailable`.
 */
export function connectZone<const Contract extends ZoneContract>(
  contract: Contract,
  options: ConnectZoneOptions,
): ZoneClient<Contract> {
  const pool = openPool(options);
  const client: Record<string, unknown> = { close: async () => (await pool).close() };
  for (const name in contract) {
    const method = contract[name];
    if (method !== undefined) client[name] = callerOf(pool, options.to, name, method);
  }
  client["health"] = callerOf(pool, options.to, "health", healthMethod);
  return client as ZoneClient<Contract>;
}

// Why imported here: every zone's imports lead to this file, and most zones are only called. Why not as late as the first call: by then the
// software on the disk may be another.
async function openPool({ zone, to, timeoutMs = 10_000 }: ConnectZoneOptions): Promise<Pool> {
  const { Pool } = await import("undici");
  return new Pool(`https://${to}.zone.afterkeep.internal`, {
    connections: 8,
    keepAliveTimeout: 30_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: {
      socketPath: zone.socketPath(to),
      key: zone.identity.privateKeyPem,
      cert: zone.identity.certificatePem,
      ca: zone.identity.authorityPem,
      minVersion: "TLSv1.3",
      rejectUnauthorized: true,
      // Why: any zone's certificate is valid under our authority; only this check keeps the clock from posing as the keyholder.
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        zoneOfAltName(certificate.subjectaltname) === to ? undefined : new Error(`not the zone ${to}`),
    },
  });
}

function callerOf<Method extends ZoneMethod>(pool: Promise<Pool>, to: ZoneName, name: string, method: Method) {
  return async (request: RequestOf<Method>): Promise<ResponseOf<Method>> => {
    const parsed = method.request.safeParse(request);
    if (!parsed.success)
      throw new InvariantError("invalid-call", `A call to ${to}/${name} does not fit its contract.`, {
        cause: parsed.error,
      });
    const answer = method.response.safeParse(await post(pool, to, name, request));
    if (!answer.success)
      throw new InvariantError("invalid-answer", `${to}/${name} answered outside its contract.`, {
        cause: answer.error,
      });
    return answer.data as ResponseOf<Method>;
  };
}

async function post(pool: Promise<Pool>, to: ZoneName, name: string, body: unknown): Promise<unknown> {
  try {
    const response = await (
      await pool
    ).request({
      method: "POST",
      path: `/${name}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.body.json();
    if (response.statusCode !== 200) throw errorFromProblem(answer);
    return answer;
  } catch (cause) {
    if (cause instanceof AfterkeepError) throw cause;
    throw new DependencyError("zone-unavailable", `The ${to} zone does not answer.`, {
      cause,
      next: "Wait a moment and try again.",
    });
  }
}
