import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "src", name), "utf8");
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Why set before all else: Zod asks when it is loaded whether it may compile code from strings; the page's policy forbids that. */
const intro = "globalThis.__zod_globalConfig={jitless:true};";

/**
 * One page with everything in it, and a policy that lets this one script run and nothing be fetched. Why 'wasm-unsafe-eval': it allows
 * compiled WebAssembly out of the script itself, nothing from elsewhere.
 */
function pageOf(script: string): string {
  const style = read("page.css");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    "img-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return read("page.html")
    .replace("POLICY", () => policy)
    .replace("<!--STYLE-->", () => `<style>${style}</style>`)
    .replace("<!--SCRIPT-->", () => `<script>${script}</script>`);
}

/** Why: an inline script ends at the first `</script`, wherever that stands; and `<!--` changes how its end is found. */
function inlined(code: string): string {
  return code.replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3C!--").replaceAll("\r", "\\r").trim();
}

function onePage(): Plugin {
  return {
    name: "one-page",
    generateBundle(_, bundle) {
      const [chunk, ...more] = Object.values(bundle);
      if (chunk?.type !== "chunk" || more.length > 0) throw new Error("the opener must be one script");
      delete bundle[chunk.fileName];
      this.emitFile({ type: "asset", fileName: "open.html", source: pageOf(inlined(intro + chunk.code)) });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [onePage()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1024,
    rolldownOptions: { input: join(import.meta.dirname, "src/main.ts"), output: { format: "iife" } },
  },
});
