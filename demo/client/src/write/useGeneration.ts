import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../api/errors";
import { keys } from "../api/queries";
import type { Generated, GenerateRequest } from "../api/schema";
import { streamEmail } from "../api/stream";

/** Where a generation stands. `text` is what came so far; a failed or stopped one keeps it on screen. */
export type GenerationState =
  | { phase: "idle" }
  | { phase: "writing"; request: GenerateRequest; text: string }
  | { phase: "done"; request: GenerateRequest; text: string; result: Generated }
  | { phase: "failed"; request: GenerateRequest; text: string; error: ApiError }
  | { phase: "stopped"; request: GenerateRequest; text: string };

export interface Generation {
  state: GenerationState;
  start: (request: GenerateRequest) => void;
  stop: () => void;
  clear: () => void;
}

/** One streamed email at a time: starting another gives up the one before. */
export function useGeneration(): Generation {
  const [state, setState] = useState<GenerationState>({ phase: "idle" });
  const running = useRef<AbortController | null>(null);
  const client = useQueryClient();

  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    (request: GenerateRequest) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      // A late answer of a generation that was given up must not overwrite its successor.
      const ifCurrent = (next: GenerationState) => {
        if (running.current === controller) setState(next);
      };
      let text = "";
      ifCurrent({ phase: "writing", request, text });
      const onText = (piece: string) => {
        text += piece;
        ifCurrent({ phase: "writing", request, text });
      };
      streamEmail(request, onText, controller.signal).then(
        (result) => {
          ifCurrent({ phase: "done", request, text, result });
          void client.invalidateQueries({ queryKey: keys.traces });
        },
        (error: unknown) => {
          if (controller.signal.aborted) return;
          ifCurrent({ phase: "failed", request, text, error: asApiError(error) });
          // The cause may be one that health names, with its fix.
          void client.invalidateQueries({ queryKey: keys.health });
        },
      );
    },
    [client],
  );

  const stop = useCallback(() => {
    running.current?.abort();
    setState((before) => (before.phase === "writing" ? { ...before, phase: "stopped" } : before));
  }, []);

  const clear = useCallback(() => {
    running.current?.abort();
    setState({ phase: "idle" });
  }, []);

  return { state, start, stop, clear };
}
