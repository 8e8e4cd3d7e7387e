/** Who is asking, as their session says. `sessionHash` names the session; it is no secret. */
export type OwnerActor = { kind: "owner"; tenant: string; sessionHash: Buffer; channel: "cookie" | "bearer" };
export type RecipientActor = {
  kind: "recipient";
  tenant: string;
  recipient: string;
  sessionHash: Buffer;
  channel: "cookie" | "bearer";
};
export type NobodyActor = { kind: "nobody" };
export type Actor = OwnerActor | RecipientActor | NobodyActor;

/** The actor's id in audit leaves and transactions. */
export function actorId(actor: Actor): string {
  if (actor.kind === "owner") return actor.tenant;
  return actor.kind === "recipient" ? actor.recipient : "";
}
