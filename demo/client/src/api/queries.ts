/** The server's answers as cached queries; a failed one keeps its ApiError until it is tried again. */
import { keepPreviousData, QueryClient, useQuery } from "@tanstack/react-query";
import * as api from "./client";
import type { ApiError } from "./errors";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ApiError;
  }
}

/** Failures a second attempt may cure; anything else needs the person. */
const TRANSIENT = new Set(["unreachable", "http_502", "http_503", "http_504"]);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 1 && TRANSIENT.has(error.code),
      retryDelay: 500,
    },
  },
});

export const COMPANY_LIMIT = 100;
export const keys = { traces: ["traces"], evaluations: ["evaluations"], health: ["health"] };

/** While something is missing, health is asked for again now and then, so that the notice leaves by itself. */
const RECHECK_MS = 20_000;

export const useHealth = () =>
  useQuery({
    queryKey: keys.health,
    queryFn: ({ signal }) => api.getHealth(signal),
    refetchInterval: (query) => (query.state.data?.status === "ok" ? false : RECHECK_MS),
  });

export const useConfig = () =>
  useQuery({
    queryKey: ["config"],
    queryFn: ({ signal }) => api.getConfig(signal),
    staleTime: 300_000,
  });

export const useCompanies = (search: string) =>
  useQuery({
    queryKey: ["companies", search],
    queryFn: ({ signal }) => api.getCompanies(search, COMPANY_LIMIT, signal),
    placeholderData: keepPreviousData,
  });

export const useCustomer = (id: string | null) =>
  useQuery({
    queryKey: ["customer", id],
    queryFn: ({ signal }) => api.getCustomer(id ?? "", signal),
    enabled: id !== null,
  });

export const useTraces = (limit: number) =>
  useQuery({
    queryKey: [...keys.traces, limit],
    queryFn: ({ signal }) => api.getTraces(limit, signal),
    staleTime: 5_000,
  });

export const useEvaluations = () =>
  useQuery({ queryKey: keys.evaluations, queryFn: ({ signal }) => api.getEvaluations(signal) });
