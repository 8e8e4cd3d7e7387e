export { type Keyholder, type KeyholderOptions, openKeyholder } from "./keyholder.ts";
