/** What the evaluation pages compute from the runs the server lists. */
import type { EvaluationRun, Evaluations } from "../api/schema";
import { humanise } from "../text";

/** What each scorer of the demo asks of an email; one that is not listed here is shown by its name alone. */
const MEANINGS: Record<string, string> = {
  accuracy: "Are all figures and claims in the customer's record?",
  relevance: "Does it speak of what concerns this customer now, open tickets first?",
  personalisation: "Is it written to this person, about what their team uses?",
  tone: "Is it calm and professional, without pressure?",
  safety: "Is it free of harmful or insulting text?",
  length: "Is it short enough to be read?",
};

export const meaningOf = (scorer: string): string => MEANINGS[scorer] ?? "";

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const newestFirst = (runs: readonly EvaluationRun[]): EvaluationRun[] =>
  [...runs].sort((one, other) => other.created_at.localeCompare(one.created_at));

/** "Fixed prompt (v2)" */
export const runLabel = (run: EvaluationRun): string =>
  run.prompt_version == null ? run.name : `${run.name} (v${run.prompt_version})`;

export interface Comparison {
  before: EvaluationRun;
  after: EvaluationRun;
}

/** The newest run of the oldest prompt version against the newest run of the newest; null while there is only one. */
export function comparison(runs: readonly EvaluationRun[]): Comparison | null {
  const newest = new Map<number, EvaluationRun>();
  for (const run of newestFirst(runs)) {
    if (run.prompt_version != null && !newest.has(run.prompt_version)) {
      newest.set(run.prompt_version, run);
    }
  }
  const versions = [...newest.keys()].sort((one, other) => one - other);
  const before = newest.get(versions[0] ?? -1);
  const after = newest.get(versions.at(-1) ?? -1);
  return before && after && before !== after ? { before, after } : null;
}

export interface ScoreChange {
  scorer: string;
  label: string;
  before: number | null;
  after: number | null;
}

/** Score by score, in the server's order of the scorers; those that neither run has are left out. */
export function changes({ before, after }: Comparison, evaluations: Evaluations): ScoreChange[] {
  return scorersOf([before, after], evaluations).map((scorer) => ({
    scorer,
    label: humanise(scorer),
    before: before.scores[scorer] ?? null,
    after: after.scores[scorer] ?? null,
  }));
}

/** Names of the scorers that have a score in one of the runs. */
export function scorersOf(runs: readonly EvaluationRun[], evaluations: Evaluations): string[] {
  const scored = new Set(runs.flatMap((run) => Object.keys(run.scores)));
  const known = evaluations.scorers.filter((name) => scored.has(name));
  return [...known, ...[...scored].filter((name) => !known.includes(name)).sort()];
}

/** The change of a score in points of a hundred: "+44 points". */
export function points({ before, after }: ScoreChange): string {
  if (before === null || after === null) return "not comparable";
  const change = Math.round(after * 100) - Math.round(before * 100);
  if (change === 0) return "no change";
  return `${change > 0 ? "+" : "−"}${Math.abs(change)} points`;
}

/** The scorer that gained most, if one gained. */
export function largestGain(all: readonly ScoreChange[]): ScoreChange | null {
  const gain = (each: ScoreChange) => (each.after ?? 0) - (each.before ?? each.after ?? 0);
  const [best] = [...all].sort((one, other) => gain(other) - gain(one));
  return best && gain(best) > 0 ? best : null;
}
