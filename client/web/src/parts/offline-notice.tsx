import { useSyncExternalStore } from "react";
import { Notice } from "./notice.tsx";

function subscribe(changed: () => void): () => void {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
}

export function OfflineNotice() {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  if (online) return null;
  return (
    <Notice kind="attention" title="You are offline" announce>
      <p>
        A check-in cannot reach the keyholder from here, so it would not count. Dates shown are the last ones verified.
      </p>
    </Notice>
  );
}
