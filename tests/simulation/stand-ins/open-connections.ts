import type { DatabaseSync } from "node:sqlite";

/** By path, the keyholder's own connection where its store is the quick one: nobody else can read that while it is open. */
export const openConnections = new Map<string, DatabaseSync>();
