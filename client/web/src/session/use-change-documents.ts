import { useMutation, useQueryClient } from "@tanstack/react-query";
import { afterkeep } from "./afterkeep.ts";
import { vaultQuery } from "./queries.ts";

export type DocumentChange = { readonly doc: string; readonly name?: string; readonly folder?: string };

/** Renames and moves: sealed anew and signed as one change, all of it or nothing. */
export function useChangeDocuments(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: readonly DocumentChange[]) => afterkeep.changeDocuments(changes),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: vaultQuery.queryKey });
      onDone();
    },
  });
}

export function useRemoveDocuments(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (docs: readonly string[]) => afterkeep.removeDocuments(docs),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: vaultQuery.queryKey });
      onDone();
    },
  });
}
