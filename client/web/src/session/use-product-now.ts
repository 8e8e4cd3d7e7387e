import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { browserClock } from "../device/browser-clock.ts";
import { serverQuery } from "./queries.ts";

/**
 * Product time: the wall clock in earnest, a faster one in demo mode. Only for showing; before the server answered it is the
 * browser's own.
 */
export function useProductNow(): () => number {
  const { data, dataUpdatedAt } = useQuery(serverQuery);
  return useCallback(() => {
    const now = browserClock.nowMs();
    return data === undefined ? now : data.now + (now - dataUpdatedAt) * data.keyholder.factor;
  }, [data, dataUpdatedAt]);
}
