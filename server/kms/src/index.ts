export { decryptAesGcm, encryptAesGcm } from "./aes-gcm.ts";
export { createDekWrapper, type DekWrapper } from "./dek-wrapper.ts";
export { openKeyFile, type KmsKeys } from "./key-file.ts";
export { startKms, type RunningKms } from "./start-kms.ts";
