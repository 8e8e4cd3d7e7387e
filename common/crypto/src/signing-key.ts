/** An Ed25519 key pair: both parts 32 raw bytes. The seed is the secret. */
export type SigningKey = { readonly seed: Uint8Array; readonly publicKey: Uint8Array };
