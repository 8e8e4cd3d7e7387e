import type { CheckInResult } from "@afterkeep/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keepLastReceipt } from "../device/last-receipt.ts";
import { lastReceiptQuery, statusQuery } from "./queries.ts";

/** Remembers what a verified receipt said, and reads again what it changed. */
export function useReceipted(): (result: CheckInResult) => Promise<void> {
  const client = useQueryClient();
  return async (result) => {
    if (result.pinned) client.setQueryData(lastReceiptQuery.queryKey, await keepLastReceipt(result));
    await client.invalidateQueries({ queryKey: statusQuery.queryKey });
    await client.invalidateQueries({ queryKey: ["bequests"] });
  };
}

/** Any way of checking in: it has counted only when this mutation succeeds, because only then was a receipt verified. */
export function useCheckIn(way: () => Promise<CheckInResult>) {
  const receipted = useReceipted();
  return useMutation({
    mutationFn: async () => {
      const result = await way();
      await receipted(result);
      return result;
    },
  });
}
