// Every engine by name, for measuring and testing them: programs take the one that payloadEngine chooses.
export { chooseEngine, javascriptChunks, payloadEngine as browserEngine, wasmEngine } from "./engine-browser.ts";
export { webCryptoChunks, webCryptoEngine } from "./engine-webcrypto.ts";
export { engineOfChunks, type PayloadEngine } from "./payload-engine.ts";
export { cipherStream } from "./payload-stream.ts";
export { loadWasmCipher } from "./wasm-cipher.ts";
