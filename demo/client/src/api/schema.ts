/** The shapes the demo server answers with, checked at run time: an answer that does not fit is told, not guessed at. */
import * as v from "valibot";

const text = v.string();
const optionalText = v.nullish(v.string());

export const errorBody = v.object({
  error: v.object({ code: text, message: text, fix: v.nullish(text, "") }),
});

const healthCheck = v.object({
  name: text,
  status: v.picklist(["ok", "failed", "unknown"]),
  detail: v.nullish(text, ""),
  fix: optionalText,
});

export const health = v.object({
  status: v.picklist(["ok", "degraded"]),
  version: v.nullish(text, ""),
  checks: v.array(healthCheck),
});

export const config = v.object({
  app_name: text,
  experiment_id: v.nullish(text, ""),
  prompt_name: v.nullish(text, ""),
  prompt_alias: v.nullish(text, ""),
  model: v.nullish(text, ""),
  simulated: v.boolean(),
  links: v.record(text, v.nullish(text)),
});

const company = v.object({
  id: text,
  name: text,
  industry: v.nullish(text, ""),
  contact_name: v.nullish(text, ""),
  contact_role: v.nullish(text, ""),
  account_status: v.nullish(text, ""),
  open_tickets: v.nullish(v.number(), 0),
});

export const companies = v.object({ companies: v.array(company), total: v.number() });

/** Everything known of a customer. Only the name is relied on; the rest is shown as it comes. */
export const customer = v.looseObject({ id: text, name: text });

export const generated = v.object({
  email: v.object({ subject: v.nullish(text, ""), body: text }),
  trace_id: text,
  prompt_version: v.number(),
  model: v.nullish(text, ""),
  latency_ms: v.number(),
});

export const streamStart = v.object({ trace_id: optionalText });
export const streamDelta = v.object({ text });
export const streamError = v.object({ code: text, message: text, fix: v.nullish(text, "") });
export const feedbackStored = v.object({ ok: v.literal(true) });

const trace = v.object({
  trace_id: text,
  company: v.nullish(text, ""),
  created_at: text,
  duration_ms: v.nullish(v.number()),
  status: v.nullish(text, ""),
  prompt_version: v.nullish(v.number()),
  feedback: v.nullish(v.picklist(["up", "down"])),
  link: optionalText,
});

export const traces = v.object({ traces: v.array(trace) });

const evaluationRun = v.object({
  run_id: text,
  name: text,
  prompt_version: v.nullish(v.number()),
  created_at: v.nullish(text, ""),
  simulated: v.boolean(),
  rows: v.number(),
  scores: v.record(text, v.nullish(v.number())),
  link: optionalText,
});

export const evaluations = v.object({
  runs: v.array(evaluationRun),
  scorers: v.array(text),
  labeling: v.object({ sessions: v.number(), link: optionalText }),
});

export type Health = v.InferOutput<typeof health>;
export type HealthCheck = v.InferOutput<typeof healthCheck>;
export type Config = v.InferOutput<typeof config>;
export type Company = v.InferOutput<typeof company>;
export type Companies = v.InferOutput<typeof companies>;
export type Customer = v.InferOutput<typeof customer>;
export type Generated = v.InferOutput<typeof generated>;
export type Trace = v.InferOutput<typeof trace>;
export type EvaluationRun = v.InferOutput<typeof evaluationRun>;
export type Evaluations = v.InferOutput<typeof evaluations>;

/** "production" is whatever version the alias points at; a number asks for that version. */
export type PromptVersion = "production" | number;
export type Thumb = "up" | "down";
export interface GenerateRequest {
  company_id: string;
  instructions?: string;
  prompt_version?: PromptVersion;
}
