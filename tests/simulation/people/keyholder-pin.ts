import { decodeBase64url } from "@afterkeep/bytes";
import { openStatement, type StatementBody } from "@afterkeep/statements";
import type { World } from "../world/world.ts";

type Spoken = "challenge" | "receipt" | "deposit-key" | "imported" | "release" | "withdrawn" | "asked" | "freeze-state";

/** The keyholder's key as every client pinned it at the first start. */
export class KeyholderPin {
  readonly publicKey: Uint8Array;

  private constructor(publicKey: Uint8Array) {
    this.publicKey = publicKey;
  }

  static async from(world: World): Promise<KeyholderPin> {
    return new KeyholderPin(decodeBase64url((await world.ask("api", "info", {})).publicKey));
  }

  open<Kind extends Spoken>(kind: Kind, jws: string): StatementBody<Kind> {
    return openStatement(kind, jws, this.publicKey).body;
  }
}
