import { decodeBase64url } from "@afterkeep/bytes";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import { InputError } from "@afterkeep/platform";

const blobLength = 256;

/**
 * Every check-in carries a blob of one size, so that a later version can give its content a meaning that nobody on the way sees.
 * @returns the length in bytes of a sealed blob of 256 bytes
 */
export async function measureSealedBlob(blobKey: string): Promise<number> {
  return (await ageSealSmall([parseHybridRecipient(blobKey)], new Uint8Array(blobLength))).length;
}

export function requireBlob(blob: string, sealedLength: number): void {
  if (decodeBase64url(blob).length === sealedLength) return;
  throw new InputError("blob-size", "This check-in does not have the form of this version.");
}
