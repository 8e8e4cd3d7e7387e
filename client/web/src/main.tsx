import "./strict-policy.ts";

// Why a late import: a bundler may hoist shared modules above this file's own first line; a dynamic import cannot be hoisted.
await import("./start.tsx");
