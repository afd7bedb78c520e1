import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The demo server that `dev` talks to; start it with `uv run python -m server` in demo/. */
const apiServer = process.env.DEMO_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  // Relative addresses: the page works behind any path a proxy puts in front of it.
  base: "./",
  server: { proxy: { "/api": apiServer } },
  build: {
    outDir: "build",
    emptyOutDir: true,
    target: "es2022",
    // Uncompressed; what counts is the compressed size, which `bun run size` holds to its limit.
    chunkSizeWarningLimit: 700,
  },
});
