import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { OlderNotice } from "./older-notice.tsx";
import { PinNotice } from "./pin-notice.tsx";
import { UnsureNotice } from "./unsure-notice.tsx";

const view = { isChainOlder: true, ownerName: "Ada", state: "accepted", pinned: "words", pinMatches: true } as const;

describe("a recipient whose device has seen more of an owner than the server shows", () => {
  it("is told what still opens, and where else; somebody who is only invited is not", () => {
    const [kept, invited] = (["accepted", "invited"] as const).map((state) =>
      renderToStaticMarkup(<OlderNotice view={{ ...view, state }} />),
    );
    expect(kept).toContain("if it was released after you were last here");
    expect(kept).toContain("try another device");
    expect(invited).toContain("Whoever runs it can tell you");
    expect(invited).not.toContain("opened");
    expect(renderToStaticMarkup(<OlderNotice view={{ ...view, isChainOlder: false }} />)).toBe("");
  });

  it("is told neither that their key is the right one nor that it is not", () => {
    for (const seen of [view, { ...view, pinMatches: false }, { ...view, pinned: "" as const, pinMatches: null }]) {
      const html = renderToStaticMarkup(<PinNotice view={seen} />);
      expect(html).toContain("cannot be told here for now");
      expect(html).not.toMatch(/seal to|not the key|One thing remains/);
      expect(renderToStaticMarkup(<PinNotice view={{ ...seen, isChainOlder: false }} />)).toMatch(
        /seal to|not the key|One thing remains/,
      );
    }
  });

  it("is told of a release what is certain and what is not, and never that the server was restored", () => {
    const html = renderToStaticMarkup(<UnsureNotice opened={{ isChainOlder: true, older: false }} ownerName="Ada" />);
    expect(html).toContain("What you see is genuine");
    expect(html).toContain("If it was not, this is the last that Ada signed for you here.");
    const older = renderToStaticMarkup(<UnsureNotice opened={{ isChainOlder: true, older: true }} ownerName="Ada" />);
    expect(older).not.toContain("this is the last");
    for (const said of [html, older]) expect(said).not.toMatch(/server was restored|is gone and/);
    expect(renderToStaticMarkup(<UnsureNotice opened={{ isChainOlder: false, older: true }} ownerName="Ada" />)).toBe(
      "",
    );
  });
});
