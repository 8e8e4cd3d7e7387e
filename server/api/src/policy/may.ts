import { type RouteName, routes } from "@afterkeep/contracts";
import { ForbiddenError, UnauthenticatedError } from "@afterkeep/platform";
import type { Actor } from "../context/actor.ts";

/** What is acted on: whose it is and, for what belongs to one recipient, to which. */
export type Resource = { tenant: string; recipient?: string };

/** Whether an actor may do an action on a resource. Denies what no rule allows. */
export function may(actor: Actor, action: RouteName, resource: Resource): boolean {
  const { auth } = routes[action];
  if (auth === "none") return true;
  if (actor.kind !== auth || actor.tenant !== resource.tenant) return false;
  return actor.kind === "owner" || resource.recipient === actor.recipient;
}

/** Throws unless the actor may; says whether a sign-in is missing or another person's is in use. */
export function requireMay(actor: Actor, action: RouteName, resource: Resource): void {
  if (may(actor, action, resource)) return;
  if (actor.kind === "nobody") throw notSignedIn();
  throw new ForbiddenError("not-allowed", "This session may not do that.", {
    next: "Sign in as the person whom it belongs to.",
  });
}

export function notSignedIn(): UnauthenticatedError {
  return new UnauthenticatedError("not-signed-in", "There is no session, or it has ended.", {
    next: "Sign in, or open the link in your mail again.",
  });
}
