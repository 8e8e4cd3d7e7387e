export * from "./bodies.ts";
export * from "./fields.ts";
