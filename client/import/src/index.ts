export { ImportError, type ImportErrorCode } from "./import-error.ts";
export type { ImportedItem, ImportResult } from "./imported-item.ts";
export { type DetectedImport, detectImport } from "./detect-import.ts";
export type { ImportOptions } from "./import-options.ts";
export { type ImportFormat, readImport } from "./read-import.ts";
