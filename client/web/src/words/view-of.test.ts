import { describe, expect, it } from "vitest";
import { viewOf } from "./view-of.ts";

function file(type: string, size = 1000) {
  return { kind: "file" as const, type, size };
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

  it("leaves what is too large for a page to the download", () => {
    expect(viewOf(file("video/mp4", 5_000_000_000))).toBe("none");
    expect(viewOf(file("application/pdf", 300_000_000))).toBe("none");
    expect(viewOf(file("text/plain", 5_000_000_000))).toBe("text");
  });
});
