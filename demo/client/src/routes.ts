/** The pages in the order of the story. Addresses are hashes: no proxy or server has to know them. */
export interface Route {
  id: "write" | "trace" | "measure" | "fix" | "label" | "monitor";
  hash: string;
  title: string;
  /** What one does there, in a few words, for the navigation. */
  hint: string;
}

export const ROUTES: readonly [Route, ...Route[]] = [
  { id: "write", hash: "#/", title: "Write an email", hint: "Try the app" },
  { id: "trace", hash: "#/tour/trace", title: "1. Trace", hint: "See what happened" },
  { id: "measure", hash: "#/tour/measure", title: "2. Measure", hint: "Score the answers" },
  { id: "fix", hash: "#/tour/fix", title: "3. Fix", hint: "Change the prompt, compare" },
  { id: "label", hash: "#/tour/label", title: "4. Label", hint: "Ask the experts" },
  { id: "monitor", hash: "#/tour/monitor", title: "5. Monitor", hint: "Watch it in use" },
];

/** The route of an address; an unknown one is the first page. */
export function routeOf(hash: string): Route {
  return ROUTES.find((route) => route.hash === hash) ?? ROUTES[0];
}
