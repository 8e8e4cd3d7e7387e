import { SdkError, UnavailableError } from "@afterkeep/sdk";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isSignedOut } from "../words/error-in-words.ts";
import { lockVault } from "./lock-vault.ts";

/** A session that ended at the server ends here too: keys that can do nothing any more need not stay in memory. */
function noticeSignedOut(error: unknown): void {
  if (isSignedOut(error)) void lockVault(queryClient);
}

/** Reads are tried again only when nobody answered; a refusal stays a refusal. Writes are never repeated unasked. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && (error instanceof UnavailableError || !(error instanceof SdkError)),
      staleTime: 15_000,
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
