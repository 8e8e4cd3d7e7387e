import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ShortWeekNotice } from "./short-week-notice.tsx";

describe("the notice of a week in which too little counted", () => {
  it("says how much did, and that nothing comes early", () => {
    const html = renderToStaticMarkup(<ShortWeekNotice percent={71} />);
    expect(html).toContain("Only 71 % of the last week counted");
    expect(html).toContain("nothing can come early.");
    expect(renderToStaticMarkup(<ShortWeekNotice percent={null} />)).toBe("");
  });
});
