import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiError } from "../src/api/errors";
import { streamEmail } from "../src/api/stream";

/** A real server that answers each request with `reply`; the page's relative addresses are pointed at it. */
const realFetch = globalThis.fetch;
const closers: (() => void)[] = [];

async function serve(reply: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => reply(response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  globalThis.fetch = (path, init) => realFetch(new URL(String(path), base), init);
  closers.push(() => {
    globalThis.fetch = realFetch;
    server.closeAllConnections();
    server.close();
  });
}

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
const DONE = {
  email: { subject: "Über", body: "Grüße" },
  trace_id: "tr-1",
  prompt_version: 2,
  model: "m",
  latency_ms: 3,
};
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

async function run(signal = new AbortController().signal) {
  const pieces: string[] = [];
  const result = await streamEmail({ company_id: "c1" }, (piece) => pieces.push(piece), signal);
  return { pieces, result };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ApiError ? error.code : String(error)),
  );

describe("streamEmail", () => {
  it("puts events together that come in pieces, letters in half", async () => {
    await serve(async (response) => {
      response.writeHead(200, EVENTS);
      const bytes = Buffer.from(
        event("start", {}) + event("delta", { text: "Grüße" }) + event("done", DONE),
      );
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      response.end();
    });
    const { pieces, result } = await run();
    expect(pieces).toEqual(["Grüße"]);
    expect(result.email.subject).toBe("Über");
  });

  it("tells the server's own error, before and within the stream", async () => {
    const said = { code: "endpoint_refused", message: "It may not.", fix: "Grant it." };
    await serve((response) => response.writeHead(503).end(JSON.stringify({ error: said })));
    expect(await code(run())).toBe("endpoint_refused");
    await serve((response) => response.writeHead(200, EVENTS).end(event("error", said)));
    expect(await code(run())).toBe("endpoint_refused");
  });

  it("tells a stream that ends early, and one that breaks", async () => {
    await serve((response) => response.writeHead(200, EVENTS).end(event("delta", { text: "a" })));
    expect(await code(run())).toBe("cut_off");
    await serve((response) => {
      response.writeHead(200, EVENTS);
      response.write(event("delta", { text: "a" }), () => response.destroy());
    });
    expect(["unreachable", "cut_off"]).toContain(await code(run()));
  });

  it("tells what is not in the agreed form", async () => {
    await serve((response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
    expect(await code(run())).toBe("unreadable");
    await serve((response) => response.writeHead(200, EVENTS).end("event: done\ndata: {half\n\n"));
    expect(await code(run())).toBe("unreadable");
  });

  it("gives up when told to, as an abort and not as a failure", async () => {
    const controller = new AbortController();
    await serve((response) => {
      response.writeHead(200, EVENTS);
      response.write(event("delta", { text: "a" }), () => controller.abort());
    });
    expect(await code(run(controller.signal))).toMatch(/AbortError/);
  });
});
