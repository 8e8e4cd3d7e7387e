// The script of a Web Worker that seals and opens beside the page: it gets pieces and a key, gives pieces back, and asks nobody for anything.
import { serveCipher } from "@afterkeep/sealing/cipher-worker";

serveCipher(globalThis);
