/** Holds the compressed size of what the page loads before any chart: 200 kB of script. Run after `build`. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 200;
const folder = new URL("../build/assets/", import.meta.url);
const size = (name) => gzipSync(readFileSync(new URL(name, folder))).length / 1000;

const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
const isChart = (name) => name.startsWith("Bars-");
const charts = scripts.filter(isChart);
if (charts.length !== 1) {
  console.error("The charts are no part of their own any more: see src/charts/Figure.tsx.");
  process.exit(1);
}
let before = 0;
for (const name of scripts) {
  console.log(`${size(name).toFixed(1).padStart(7)} kB  ${name}`);
  if (!isChart(name)) before += size(name);
}
console.log(`${before.toFixed(1).padStart(7)} kB  before charts; the limit is ${LIMIT_KB}`);
if (before > LIMIT_KB) process.exit(1);
