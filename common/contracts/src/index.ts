export * from "./internal/auditor.ts";
export * from "./internal/keyholder.ts";
export * from "./internal/kms.ts";
export * from "./internal/zone-contract.ts";
