import { describe, expect, it } from "vitest";
import { makeToken } from "./secret-token.ts";
import { openTicketState, sealTicketState } from "./ticket-state.ts";

describe("what a ticket stands for", () => {
  const { token, hash } = makeToken();
  const sealed = sealTicketState(token, { totpSecret: "GEZDGNBV" });

  it("opens with the ticket itself", () => {
    expect(openTicketState(token, sealed)).toEqual({ totpSecret: "GEZDGNBV" });
  });

  it("opens with nothing that the database keeps, and not when a bit changed", () => {
    expect(sealed.includes("GEZDGNBV")).toBe(false);
    for (const wrong of [makeToken().token, hash.toString("base64url")])
      expect(() => openTicketState(wrong, sealed)).toThrow(expect.objectContaining({ code: "ticket-unknown" }));
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => openTicketState(token, changed)).toThrow(expect.objectContaining({ code: "ticket-unknown" }));
    }
  });
});
