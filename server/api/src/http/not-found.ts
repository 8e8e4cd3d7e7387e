import { routes, type RouteSpec } from "@afterkeep/contracts";
import { HttpError } from "./http-error.ts";

const table = Object.values(routes).map((spec: RouteSpec) => ({
  method: spec.method,
  pattern: new RegExp(`^${spec.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`),
}));

/** Why a path is not served: its method is not (405 with `Allow`), or it does not exist (404). */
export function notServed(path: string): HttpError {
  const methods = [...new Set(table.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  if (methods.length === 0)
    return new HttpError(404, "no-such-address", "There is nothing at this address.", "Check the address.");
  const allow = methods.join(", ");
  return new HttpError(405, "method-not-allowed", `This address takes ${allow}.`, `Use ${allow}.`, { allow });
}
