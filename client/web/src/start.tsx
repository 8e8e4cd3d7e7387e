import "./design/tokens.css";
import "./design/base.css";
import "./design/layout.css";
import "./design/controls.css";
import "./design/parts.css";
import "./design/documents.css";
import "./design/print.css";
import { cipherInWorkers } from "@afterkeep/sealing/cipher-in-workers";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeLinkToken } from "./device/link-token.ts";
import { router } from "./router.tsx";
import { queryClient } from "./session/query-client.ts";

takeLinkToken();
cipherInWorkers(() => new Worker(new URL("./device/cipher-worker.ts", import.meta.url), { type: "module" }));

const place = document.getElementById("app");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
