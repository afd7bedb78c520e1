import { defineConfig, mergeConfig } from "vite";
import base from "../vite.config.ts";
import { standin } from "./standin/server.ts";

/** The page with the stand-in API behind it: `bun run dev:standin`, or `vite preview` for what is built. */
export default mergeConfig(base, defineConfig({ plugins: [standin()] }));
