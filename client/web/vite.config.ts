import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Why no inlined assets and no preload polyfill: the page runs under a policy that allows files of its own origin alone.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1024,
  },
});
