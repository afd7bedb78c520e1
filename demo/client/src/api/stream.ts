/** Reads the server-sent events of a generated email (POST, so EventSource cannot). */
import { createParser, type EventSourceMessage } from "eventsource-parser";
import * as v from "valibot";
import { postJson, send } from "./client";
import { ApiError, cutOff, fromResponse, unreachable, unreadable } from "./errors";
import * as schema from "./schema";

type StreamEvent =
  | { kind: "delta"; text: string }
  | { kind: "done"; result: schema.Generated }
  | { kind: "other" };

/** Decodes one event; throws ApiError for an `error` event and for one that cannot be read. */
export function decodeEvent(message: EventSourceMessage): StreamEvent {
  const read = <T>(shape: v.GenericSchema<unknown, T>): T => {
    let data: unknown;
    try {
      data = JSON.parse(message.data);
    } catch {
      throw unreadable("email");
    }
    const parsed = v.safeParse(shape, data);
    if (!parsed.success) throw unreadable("email");
    return parsed.output;
  };
  switch (message.event) {
    case "delta":
      return { kind: "delta", text: read(schema.streamDelta).text };
    case "done":
      return { kind: "done", result: read(schema.generated) };
    case "error": {
      const { code, message: said, fix } = read(schema.streamError);
      throw new ApiError(code, said, fix);
    }
    default:
      // `start` needs nothing from us, and later kinds of event must not break an older page.
      return { kind: "other" };
  }
}

/**
 * Asks for an email and reports its text piece by piece.
 * Resolves with the finished email; rejects with ApiError, or AbortError when `signal` fires.
 */
export async function streamEmail(
  request: schema.GenerateRequest,
  onText: (piece: string) => void,
  signal: AbortSignal,
): Promise<schema.Generated> {
  const response = await send("api/generate/stream", postJson(request, signal));
  if (!response.ok) throw await fromResponse(response, "email");
  if (!response.headers.get("content-type")?.includes("text/event-stream") || !response.body) {
    throw unreadable("email");
  }
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => waiting.push(message) });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await readNext(reader, signal);
      if (done) throw cutOff();
      parser.feed(decoder.decode(value, { stream: true }));
      for (const message of waiting.splice(0)) {
        const event = decodeEvent(message);
        if (event.kind === "delta") onText(event.text);
        if (event.kind === "done") return event.result;
      }
    }
  } finally {
    // The answer is complete or given up: free the connection, whatever the server still sends.
    await reader.cancel().catch(() => undefined);
  }
}

async function readNext(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) {
  try {
    return await reader.read();
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable();
  }
}
