import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { browserClock } from "../device/browser-clock.ts";
import { readSealing } from "./sealing.ts";
import { lockVault } from "./lock-vault.ts";
import { accountQuery } from "./queries.ts";

const minuteMs = 60_000;
/** As long as the server's own idle limit. */
const lockAfterMs = 30 * minuteMs;
const keepAliveMs = 5 * minuteMs;

/**
 * While somebody is at work on the page the session is kept alive (a long letter must not be lost to a time limit); left alone for
 * half an hour, the vault locks (an upload counts as work). Neither is a sign of life: only the button is.
 */
export function usePresence(): void {
  const client = useQueryClient();
  const lastInput = useRef(browserClock.nowMs());
  useEffect(() => {
    const noteInput = (): void => void (lastInput.current = browserClock.nowMs());
    let lastCall = browserClock.nowMs();
    const look = (): void => {
      const now = browserClock.nowMs();
      // Why: a film may take a night to go up, and a locked vault could not finish it. Half an hour after it is done, it locks.
      if (readSealing().busy) noteInput();
      if (now - lastInput.current >= lockAfterMs) void lockVault(client);
      else if (now - lastCall >= keepAliveMs && now - lastInput.current < keepAliveMs) {
        lastCall = now;
        void client.invalidateQueries({ queryKey: accountQuery.queryKey, refetchType: "all" });
      }
    };
    const timer = setInterval(look, minuteMs);
    addEventListener("pointerdown", noteInput);
    addEventListener("keydown", noteInput);
    return () => {
      clearInterval(timer);
      removeEventListener("pointerdown", noteInput);
      removeEventListener("keydown", noteInput);
    };
  }, [client]);
}
