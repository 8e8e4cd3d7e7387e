export { DecryptionError, SignatureError } from "./errors.ts";
export { hash, hmacSha256, isHmacSha256, type Sha256, sha256, startSha256 } from "./digest.ts";
export { hkdf, maxInfoLength } from "./hkdf.ts";
export { ctx, type CtxField } from "./context.ts";
export { aeadKeyLength, aeadNonceLength, aeadTagLength, openAead, sealAead } from "./aead.ts";
export { unwrap, wrap, wrapOverhead } from "./wrap.ts";
export {
  generateSigningKey,
  isSafePublicKey,
  sign,
  type SigningKey,
  signingKeyFromSeed,
  thumb,
  thumbBytes,
  verify,
} from "./ed25519.ts";
export { decodeKeyWords, encodeKeyWords, wordsOfBits } from "./words.ts";
export { safetyWords, type SafetyWords, type StretchWords } from "./safety-words.ts";
export { argon2id, type Argon2Cost } from "./argon2.ts";
