import { type Bytes, decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { ctx, verify } from "@afterkeep/crypto";
import { statementId } from "@afterkeep/formats";
import type { StatementBody } from "./bodies.ts";
import { parseBody } from "./parse-body.ts";
import type { OpenedStatement, StatementSigner } from "./sign.ts";

type Policy = StatementBody<"policy">;

/**
 * Lets the recovery kit's key sign a first arming too. Precondition: `policy` is as the owner key will sign it, its challenge and place in the chain
 * included. Throws StatementError for a body of another form.
 *
 * @param ownerThumb of the key that will sign the statement
 * @returns the policy with the kit's signature in it, for the owner key to sign
 */
export async function withKitSignature(policy: Policy, ownerThumb: string, kit: StatementSigner): Promise<Policy> {
  return { ...policy, kit: encodeBase64url(await kit.sign(messageOf(policy, ownerThumb))) };
}

/** Whether the key with these raw bytes (base64url) signed this very policy too. Precondition: the owner key's signature holds. */
export function isSignedByKit({ body, kid }: OpenedStatement<"policy">, revocationKey: string): boolean {
  const { kit } = body;
  if (kit === undefined) return false;
  return verify(decodeBase64url(kit), messageOf(body, kid), decodeBase64url(revocationKey));
}

/**
 * The id that the policy would have without the kit's signature. Why in a context: this key has other things to sign, and nothing that it signs may pose
 * as another. Source: specs/statements.md, The kit.
 */
function messageOf(policy: Policy, ownerThumb: string): Bytes {
  const { kit: _kit, ...withoutIt } = policy;
  return ctx("kit-arming", statementId("policy", parseBody("policy", withoutIt).payload, ownerThumb));
}
