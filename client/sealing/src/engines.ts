// Every engine by name, for measuring and testing them: programs take the one that payloadEngine chooses.
export { CipherPool, pooledEngine } from "./cipher-pool.ts";
export { chooseEngine, cipherInWorkers, javascriptChunks, payloadEngine as browserEngine } from "./engine-browser.ts";
export { wasmChunks, wasmEngine } from "./engine-wasm.ts";
export { webCryptoChunks, webCryptoEngine } from "./engine-webcrypto.ts";
export { engineOfChunks, type PayloadEngine } from "./payload-engine.ts";
export { cipherStream } from "./payload-stream.ts";
