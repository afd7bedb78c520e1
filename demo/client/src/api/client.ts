/** One function for each call of the demo server. Every failure is an ApiError; an abort stays an AbortError. */
import * as v from "valibot";
import { fromResponse, readJson, unreachable, unreadable } from "./errors";
import * as schema from "./schema";

type Schema<T> = v.GenericSchema<unknown, T>;

/** fetch that tells "no answer" apart from "aborted by us". */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw unreachable();
  }
}

async function call<T>(
  what: string,
  shape: Schema<T>,
  path: string,
  init?: RequestInit,
): Promise<T> {
  const response = await send(path, init);
  if (!response.ok) throw await fromResponse(response, what);
  const parsed = v.safeParse(shape, await readJson(response));
  if (!parsed.success) throw unreadable(what);
  return parsed.output;
}

export const postJson = (body: unknown, signal?: AbortSignal): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
  ...(signal ? { signal } : {}),
});

export const getHealth = (signal: AbortSignal) =>
  call("health", schema.health, "api/health", { signal });

export const getConfig = (signal: AbortSignal) =>
  call("configuration", schema.config, "api/config", { signal });

export function getCompanies(search: string, limit: number, signal: AbortSignal) {
  const query = new URLSearchParams({ search, limit: String(limit) });
  return call("companies", schema.companies, `api/companies?${query}`, { signal });
}

export const getCustomer = (id: string, signal: AbortSignal) =>
  call("customer", schema.customer, `api/companies/${encodeURIComponent(id)}`, { signal });

export const getTraces = (limit: number, signal: AbortSignal) =>
  call("traces", schema.traces, `api/traces?limit=${limit}`, { signal });

export const getEvaluations = (signal: AbortSignal) =>
  call("evaluations", schema.evaluations, "api/evaluations", { signal });

export interface FeedbackRequest {
  trace_id: string;
  thumb: schema.Thumb;
  comment?: string;
}

export const sendFeedback = (feedback: FeedbackRequest) =>
  call("feedback", schema.feedbackStored, "api/feedback", postJson(feedback));
