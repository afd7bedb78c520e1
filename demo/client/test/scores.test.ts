import { describe, expect, it } from "vitest";
import type { EvaluationRun } from "../src/api/schema";
import { changes, comparison, largestGain, newestFirst, points } from "../src/tour/scores";

const run = (
  id: string,
  version: number | null,
  at: string,
  scores: EvaluationRun["scores"] = {},
): EvaluationRun => ({
  run_id: id,
  name: id,
  prompt_version: version,
  created_at: at,
  simulated: true,
  rows: 50,
  scores,
  link: null,
});

describe("comparison", () => {
  it("takes the newest run of the oldest and of the newest version", () => {
    const pair = comparison([
      run("old v1", 1, "2025-01-01"),
      run("v3", 3, "2025-01-02"),
      run("new v1", 1, "2025-01-03"),
      run("v2", 2, "2025-01-04"),
    ]);
    expect([pair?.before.run_id, pair?.after.run_id]).toEqual(["new v1", "v3"]);
  });

  it("is none without two versions", () => {
    expect(comparison([])).toBeNull();
    expect(comparison([run("a", 1, "2025-01-01"), run("b", 1, "2025-01-02")])).toBeNull();
    expect(comparison([run("a", null, "2025-01-01"), run("b", 2, "2025-01-02")])).toBeNull();
  });

  it("lists the newest run first and leaves its argument as it is", () => {
    const runs = [run("a", 1, "2025-01-01"), run("b", 2, "2025-01-02")];
    expect(newestFirst(runs).map((each) => each.run_id)).toEqual(["b", "a"]);
    expect(runs.map((each) => each.run_id)).toEqual(["a", "b"]);
  });
});

describe("changes", () => {
  const pair = {
    before: run("v1", 1, "2025-01-01", { accuracy: 0.5, tone: 0.9, old: 1 }),
    after: run("v2", 2, "2025-01-02", { accuracy: 0.96, tone: 0.8 }),
  };
  const evaluations = {
    runs: [pair.before, pair.after],
    scorers: ["tone", "accuracy", "unused"],
    labeling: { sessions: 0, link: null },
  };

  it("keeps the server's order, then what only a run knows", () => {
    expect(changes(pair, evaluations).map((each) => each.scorer)).toEqual([
      "tone",
      "accuracy",
      "old",
    ]);
  });

  it("says gains, losses and what cannot be compared", () => {
    expect(changes(pair, evaluations).map(points)).toEqual([
      "−10 points",
      "+46 points",
      "not comparable",
    ]);
  });

  it("finds the largest gain, if there is one", () => {
    expect(largestGain(changes(pair, evaluations))?.scorer).toBe("accuracy");
    const same = { before: pair.before, after: pair.before };
    expect(largestGain(changes(same, evaluations))).toBeNull();
  });
});
