import { describe, expect, it } from "vitest";
import { isHeldEasily, viewOf } from "./view-of.ts";

function file(type: string) {
  return { kind: "file" as const, type };
}

describe("what is shown on the page", () => {
  it.each([
    ["image/jpeg", "picture"],
    ["IMAGE/PNG", "picture"],
    ["audio/mpeg", "sound"],
    ["video/mp4", "film"],
    ["application/pdf", "pdf"],
    ["text/plain; charset=utf-8", "text"],
    ["application/octet-stream", "none"],
    ["application/zip", "none"],
  ])("shows %s as %s", (type, view) => expect(viewOf(file(type))).toBe(view));

  it.each(["text/html", "image/svg+xml", "application/xhtml+xml", "application/javascript", "text/xml"])(
    "never renders %s: it is words or nothing",
    (type) => expect(["text", "none"]).toContain(viewOf(file(type))),
  );

  it("is held in memory only up to what a phone's page may take", () => {
    expect([isHeldEasily("picture", 12_000_000), isHeldEasily("picture", 100_000_000)]).toEqual([true, false]);
    expect([isHeldEasily("pdf", 100_000_000), isHeldEasily("pdf", 300_000_000)]).toEqual([true, false]);
    expect(isHeldEasily("film", 5_000_000_000)).toBe(false);
  });
});
