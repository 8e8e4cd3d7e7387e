import type { QueryClient } from "@tanstack/react-query";
import { afterkeep } from "./afterkeep.ts";
import { sessionQuery } from "./queries.ts";

/** Signs out at the server if it can be reached, drops the root key in any case, and forgets everything read. */
export async function lockVault(client: QueryClient): Promise<void> {
  if (!client.getQueryData(sessionQuery.queryKey)) return;
  client.setQueryData(sessionQuery.queryKey, null);
  try {
    await afterkeep.signOut();
  } catch {
    // The session was over, or nobody answered: here it is over either way.
  }
  await client.resetQueries();
}
