import { newId } from "@afterkeep/bytes";
import type { Services } from "../services.ts";
import type { Call } from "./call.ts";

/** A call that nobody made: what the server does by itself. */
export function callOfOurs(services: Services): Call {
  return {
    services,
    actor: { kind: "nobody" },
    requestId: newId(services.realClock.nowMs()),
    address: "",
    ipClass: "loopback",
    cookies: { set: [], clear: [] },
  };
}
