/** What the monitoring page computes from recent traces. */
import type { Trace } from "../api/schema";

export interface Traffic {
  emails: number;
  failed: number;
  /** In ms; null where no trace has a duration. */
  median: number | null;
  slowest: number | null;
  up: number;
  down: number;
}

export function trafficOf(traces: readonly Trace[]): Traffic {
  const times = traces.flatMap((trace) => trace.duration_ms ?? []).sort((a, b) => a - b);
  const count = (test: (trace: Trace) => boolean) => traces.filter(test).length;
  return {
    emails: traces.length,
    failed: count(hasFailed),
    median: times[Math.floor((times.length - 1) / 2)] ?? null,
    slowest: times.at(-1) ?? null,
    up: count((trace) => trace.feedback === "up"),
    down: count((trace) => trace.feedback === "down"),
  };
}

export const hasFailed = (trace: Trace): boolean => /error/i.test(trace.status);

/** Oldest first, as time runs from left to right. */
export const oldestFirst = (traces: readonly Trace[]): Trace[] =>
  [...traces].sort((one, other) => one.created_at.localeCompare(other.created_at));
