import { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { withDatabase } from "../testing/index.ts";
import { openPool } from "./pool.ts";

describe("a connection to the database", () => {
  it("asks by itself whether the other side is there, from ten seconds of silence on", () =>
    withDatabase(async (database) => {
      const keepAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
      const pool = openPool(database.config("ak_clock"));
      try {
        await pool.query("select 1");
        expect(keepAlive.mock.calls).toEqual([[true, 10_000]]);
      } finally {
        keepAlive.mockRestore();
        await pool.end();
      }
    }));
});
