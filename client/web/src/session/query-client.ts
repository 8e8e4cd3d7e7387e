import { SdkError, UnavailableError } from "@afterkeep/sdk";
import { QueryClient } from "@tanstack/react-query";

/** Reads are tried again only when nobody answered; a refusal stays a refusal. Writes are never repeated unasked. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && (error instanceof UnavailableError || !(error instanceof SdkError)),
      staleTime: 15_000,
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
