import { join } from "node:path";
import { defineConfig } from "vite";

const program = join(import.meta.dirname, "src/main.ts");
/** Started as a thread, by its name beside the code that starts it. */
const payloadWorker = join(import.meta.dirname, "../sealing/src/payload-worker.mjs");

// Why a bundle: resolving five hundred files took longer than most commands. Why not minified: whoever looks into it should find our names.
export default defineConfig({
  root: import.meta.dirname,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: "dist",
    emptyOutDir: true,
    target: "node24",
    minify: false,
    rolldownOptions: {
      input: { afterkeep: program, "payload-worker": payloadWorker },
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
    },
  },
});
