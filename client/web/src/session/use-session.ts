import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { afterkeep } from "./afterkeep.ts";
import { sessionQuery } from "./queries.ts";

export function useSession() {
  return useQuery(sessionQuery);
}

/** After signing in or up: everything read before belongs to nobody, so it is read afresh. */
export function useEnter(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await client.invalidateQueries();
  }, [client]);
}

/** Signs out at the server where it can be reached, and forgets everything read in any case. */
export function useLeave(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    try {
      await afterkeep.signOut();
    } finally {
      await client.resetQueries();
    }
  }, [client]);
}
