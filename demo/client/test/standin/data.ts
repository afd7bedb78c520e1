/** What the stand-in server answers with. Made up; only the shapes matter. */
import type { Companies, Company, Evaluations, Trace } from "../../src/api/schema";

const NAMES = [
  "Northwind Bakeries",
  "Helio Robotics",
  "Maple & Sons Freight",
  "Quarry Health",
  "Ostrava Steel",
];
const INDUSTRIES = ["Food", "Robotics", "Logistics", "Healthcare", "Manufacturing"];

export const companies: Company[] = Array.from({ length: 50 }, (_, index) => ({
  id: `c${String(index + 1).padStart(2, "0")}`,
  name: index < 5 ? (NAMES[index] ?? "") : `Customer ${index + 1} Ltd`,
  industry: INDUSTRIES[index % 5] ?? "",
  contact_name: "Dana Reyes",
  contact_role: "Head of Operations",
  account_status: index % 3 === 0 ? "At risk" : "Active",
  open_tickets: index % 3,
}));

export function search(words: string, limit: number): Companies {
  const found = companies.filter((company) =>
    company.name.toLowerCase().includes(words.toLowerCase()),
  );
  return { companies: found.slice(0, limit), total: found.length };
}

export function customer(company: Company) {
  return {
    id: company.id,
    name: company.name,
    industry: company.industry,
    contact: { name: company.contact_name, role: company.contact_role, email: "dana@example.com" },
    account: {
      status: company.account_status,
      plan: "Team",
      annual_value_usd: 24000,
      renewal_date: "2026-03-31",
    },
    recent_activity: [{ date: "2025-11-03", kind: "call", summary: "Asked about the new planner" }],
    support_tickets: Array.from({ length: company.open_tickets }, (_, index) => ({
      id: `T-${104 + index}`,
      status: "open",
      priority: "high",
      subject: "The export fails for large orders",
      opened_at: "2025-11-10",
    })),
    product_usage: { active_users: 42, seats: 50, features_used: ["Planner", "Exports"] },
  };
}

export const EMAIL = {
  subject: "The export that fails for large orders",
  body: "Dear Dana,\n\nyour ticket T-104 about the export is still open, and that comes first: our engineers reproduced it and will write to you on Thursday.\n\nYour 42 active users make good use of the Planner. When the export works again, I would like to show you what is new in it.\n\nKind regards,\nRobin",
};

/** Times are whole minutes apart and end at a fixed moment, so that a screenshot is the same every day. */
const LAST = Date.UTC(2025, 10, 20, 9, 0);

export const traces: Trace[] = Array.from({ length: 24 }, (_, index) => ({
  trace_id: `tr-${String(index).padStart(4, "0")}`,
  company: companies[index % 7]?.name ?? "",
  created_at: new Date(LAST - index * 7 * 60_000).toISOString(),
  duration_ms: 700 + ((index * 397) % 1300),
  status: index === 9 ? "ERROR" : "OK",
  prompt_version: index < 14 ? 2 : 1,
  feedback: index % 4 === 0 ? ("up" as const) : index % 9 === 5 ? ("down" as const) : null,
  link: `https://workspace.example/ml/experiments/1/traces?selected=tr-${index}`,
}));

/** The trace of an email that was just written. */
export const trace = (id: string, companyId: string, version: number): Trace => ({
  trace_id: id,
  company: companies.find((company) => company.id === companyId)?.name ?? "",
  created_at: new Date(LAST + 60_000).toISOString(),
  duration_ms: 1234,
  status: "OK",
  prompt_version: version,
  feedback: null,
  link: `https://workspace.example/ml/experiments/1/traces?selected=${id}`,
});

const scorers = ["accuracy", "relevance", "personalisation", "tone", "safety", "length"];
const scored = (values: number[]) =>
  Object.fromEntries(scorers.map((name, index) => [name, values[index] ?? 0]));

export const evaluations: Evaluations = {
  runs: [
    {
      run_id: "run-v2",
      name: "Fixed prompt",
      prompt_version: 2,
      created_at: new Date(LAST).toISOString(),
      simulated: true,
      rows: 50,
      scores: scored([0.96, 0.9, 0.88, 0.94, 1, 0.92]),
      link: "https://workspace.example/ml/experiments/1/runs/run-v2",
    },
    {
      run_id: "run-v1",
      name: "Original prompt",
      prompt_version: 1,
      created_at: new Date(LAST - 3_600_000).toISOString(),
      simulated: true,
      rows: 50,
      scores: scored([0.52, 0.78, 0.6, 0.9, 1, 0.7]),
      link: "https://workspace.example/ml/experiments/1/runs/run-v1",
    },
  ],
  scorers,
  labeling: { sessions: 1, link: "https://workspace.example/ml/review/1" },
};

export const config = {
  app_name: "mlflow-demo-app",
  experiment_id: "1",
  prompt_name: "main.default.email_generation",
  prompt_alias: "production",
  model: "databricks-simulated-chat",
  simulated: true,
  links: Object.fromEntries(
    ["workspace", "experiment", "traces", "prompts", "evaluations", "labeling", "monitoring"].map(
      (name) => [name, `https://workspace.example/${name}`],
    ),
  ),
};
