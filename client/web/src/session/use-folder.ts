import { useLocation, useNavigate } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
  interface HistoryState {
    folder?: string;
  }
}

/**
 * The folder that the list of documents shows; the browser's own back button leads out of it again.
 * Why in the history's state and not in the address: folder names are sealed, and an address goes to the server at a reload and into
 * a history that browsers share between devices.
 */
export function useFolder(): readonly [string, (folder: string) => void] {
  const folder = useLocation({ select: ({ state }) => state.folder ?? "" });
  const navigate = useNavigate();
  return [folder, (next) => void navigate({ to: "/documents", state: { folder: next } })];
}
