/**
 * A ciphertext did not open. One fixed message, whatever the reason: which check failed would help only somebody who is
 * trying ciphertexts.
 */
export class DecryptionError extends Error {
  readonly code = "decryption-failed";
  override readonly name = "DecryptionError";

  constructor() {
    super("This could not be decrypted. The key is not the right one, or the content was changed.");
  }
}

/** A signature does not verify, or it is not by the expected key. One fixed message. */
export class SignatureError extends Error {
  readonly code = "signature-invalid";
  override readonly name = "SignatureError";

  constructor() {
    super("The signature is not valid for this content and key.");
  }
}
