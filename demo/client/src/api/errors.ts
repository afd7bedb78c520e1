import * as v from "valibot";
import { errorBody } from "./schema";

/** A failure as the person reads it: what happened (message) and what to do about it (fix). */
export class ApiError extends Error {
  readonly code: string;
  readonly fix: string;
  override readonly name = "ApiError";

  constructor(code: string, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** No answer came: the server is down, the network is, or a sign-in in front of the page ended. */
export const unreachable = () =>
  new ApiError(
    "unreachable",
    "The demo server does not answer.",
    "Check that it runs and that you are online, then try again. If it keeps failing, reload the page: your sign-in may have ended.",
  );

/** An answer came that is not in the agreed form. */
export const unreadable = (what: string) =>
  new ApiError(
    "unreadable",
    `The server's answer (${what}) could not be read.`,
    "Try again. If it happens again, reload the page: the server may be newer than the page you have open.",
  );

/** A stream ended before its last event. */
export const cutOff = () =>
  new ApiError(
    "cut_off",
    "The answer stopped before it was complete.",
    "Generate it again. If it stops again, look at the endpoint's state in the workspace.",
  );

/** Turns a refused HTTP answer into what the server said about it, or into the nearest true sentence. */
export async function fromResponse(response: Response, what: string): Promise<ApiError> {
  const parsed = v.safeParse(errorBody, await readJson(response));
  if (parsed.success) {
    const { code, message, fix } = parsed.output.error;
    return new ApiError(code, message, fix);
  }
  if (response.status === 401 || response.status === 403) {
    return new ApiError(
      "signed_out",
      "The server does not accept your sign-in.",
      "Reload the page to sign in again. If that does not help, ask the owner of the app for access.",
    );
  }
  return new ApiError(
    `http_${response.status}`,
    `The server failed (${what}, status ${response.status}).`,
    "Try again in a moment. If it stays, look at the app's log.",
  );
}

/** The body as JSON, or undefined where it is none (a proxy's error page, say). */
export async function readJson(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return unreachable();
}
