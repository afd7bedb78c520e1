/**
 * A small server that speaks the demo's API, as a part of Vite's dev and preview servers.
 * For work on the page and for its tests only; nothing of it is built.
 *
 * POST /standin {"fault": NAME, ...} makes it misbehave until told otherwise; GET /standin tells what it was sent.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Connect, Plugin } from "vite";
import type { Trace } from "../../src/api/schema";
import * as data from "./data.ts";

type Fault =
  | "none"
  | "prompt"
  | "endpoint"
  | "mid_stream"
  | "cut_off"
  | "rubbish"
  | "silent"
  | "held"
  | "broken";
type Body = Record<string, unknown>;

const FAULTS = {
  prompt: {
    code: "prompt_missing",
    message: "The prompt main.default.email_generation has no version for the alias production.",
    fix: "Run setup/1_load_prompts.py, then try again.",
  },
  endpoint: {
    code: "endpoint_refused",
    message: "The app may not query the endpoint databricks-simulated-chat.",
    fix: "Grant CAN_QUERY on the endpoint to the app's service principal.",
  },
};

const state = {
  fault: "none" as Fault,
  wordMs: 15,
  sent: [] as { path: string; body: Body }[],
  written: [] as Trace[],
};
let made = 0;

export function standin(): Plugin {
  return {
    name: "standin-api",
    configureServer: (server) => void server.middlewares.use(handle),
    configurePreviewServer: (server) => void server.middlewares.use(handle),
  };
}

const handle: Connect.NextHandleFunction = (request, response, next) => {
  const url = new URL(request.url ?? "/", "http://standin");
  const ours = url.pathname.startsWith("/api/") || url.pathname === "/standin";
  if (!ours) return next();
  answer(url, request, response).catch(next);
};

async function answer(url: URL, request: IncomingMessage, response: ServerResponse) {
  const body = request.method === "POST" ? await readBody(request) : {};
  if (url.pathname === "/standin") {
    if (request.method === "POST") Object.assign(state, body);
    return json(response, state);
  }
  if (request.method === "POST") state.sent.push({ path: url.pathname, body });
  if (state.fault === "broken") return html(response, 502, "<h1>Bad gateway</h1>");
  const route = `${request.method} ${url.pathname}`;
  switch (route) {
    case "GET /api/health":
      return json(response, health());
    case "GET /api/config":
      return json(response, data.config);
    case "GET /api/companies":
      return json(response, data.search(url.searchParams.get("search") ?? "", limit(url, 50)));
    case "GET /api/traces":
      return json(response, {
        traces: [...state.written, ...data.traces].slice(0, limit(url, 10)),
      });
    case "GET /api/evaluations":
      return json(response, data.evaluations);
    case "POST /api/feedback":
      return storeFeedback(body, response);
    case "POST /api/generate/stream":
      return stream(body, response);
  }
  const company = data.companies.find((each) => url.pathname === `/api/companies/${each.id}`);
  return company ? json(response, data.customer(company)) : refuse(response, 404, "not_found");
}

function health() {
  const failing = state.fault === "prompt" || state.fault === "endpoint" ? state.fault : null;
  const names = ["workspace", "prompt", "experiment", "endpoint"] as const;
  return {
    status: failing ? "degraded" : "ok",
    version: "0.1.0",
    checks: names.map((name) => ({
      name,
      status: name === failing ? "failed" : "ok",
      detail: name === failing ? FAULTS[name].message : "",
      fix: name === failing ? FAULTS[name].fix : null,
    })),
  };
}

async function stream(body: Body, response: ServerResponse) {
  if (state.fault === "rubbish") return html(response, 200, "<p>Sign in</p>");
  if (state.fault === "prompt") return json(response, { error: FAULTS.prompt }, 503);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event: string, value: unknown) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  const traceId = `tr-new-${++made}`;
  send("start", { trace_id: traceId });
  if (state.fault === "silent") return; // The connection stays open until the page gives up.
  if (state.fault === "endpoint") {
    send("error", FAULTS.endpoint);
    return response.end();
  }
  const words = `Subject: ${data.EMAIL.subject}\n\n${data.EMAIL.body}`.split(/(?<= )/);
  for (const [index, word] of words.entries()) {
    if (response.destroyed) return;
    if (index === 12 && state.fault === "cut_off") return response.end();
    if (index === 12 && state.fault === "mid_stream") {
      send("error", FAULTS.endpoint);
      return response.end();
    }
    // Half an email, and the rest when the fault is lifted: what the page shows meanwhile can be looked at.
    while (index === 12 && state.fault === "held" && !response.destroyed) await pause(20);
    send("delta", { text: word });
    await pause(state.wordMs);
  }
  const version = typeof body.prompt_version === "number" ? body.prompt_version : 2;
  state.written.unshift(data.trace(traceId, String(body.company_id), version));
  send("done", {
    email: data.EMAIL,
    trace_id: traceId,
    prompt_version: version,
    model: data.config.model,
    latency_ms: 1234,
  });
  return response.end();
}

function storeFeedback(body: Body, response: ServerResponse) {
  if (typeof body.trace_id !== "string") return refuse(response, 422, "trace_missing");
  const trace = state.written.find((each) => each.trace_id === body.trace_id);
  if (trace) trace.feedback = body.thumb === "up" ? "up" : "down";
  return json(response, { ok: true });
}

function refuse(response: ServerResponse, status: number, code: string) {
  json(
    response,
    { error: { code, message: "There is no such thing here.", fix: "Choose another." } },
    status,
  );
}

function json(response: ServerResponse, value: unknown, status = 200) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function html(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, { "content-type": "text/html" }).end(text);
}

const limit = (url: URL, usual: number) => Number(url.searchParams.get("limit") ?? usual);

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Body;
}
