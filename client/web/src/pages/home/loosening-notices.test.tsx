import type { LooseningInfo } from "@afterkeep/sdk";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { CheckInOutcome } from "./check-in-outcome.tsx";
import { LooseningNotices } from "./loosening-notices.tsx";

const now = Date.UTC(2027, 4, 1);
const theirs: LooseningInfo = {
  b: "b1",
  title: "For Anna",
  policyHash: "h",
  bindsMs: Date.UTC(2027, 4, 6, 7, 8),
  isProven: true,
  isOwn: false,
};

/** What a person reads, and where the links lead. */
async function textOf(element: ReactElement): Promise<string> {
  const routeTree = createRootRoute({ component: () => element });
  const router = createRouter({ routeTree, history: createMemoryHistory() });
  await router.load();
  const html = renderToStaticMarkup(<RouterProvider router={router as never} />);
  return html
    .replaceAll(/<svg.*?<\/svg>/g, "")
    .replaceAll(/<time dateTime="([^"]*)">[^<]*/gi, "$1")
    .replaceAll(/<a [^>]*href="([^"]*)"[^>]*>/g, "[$1] ")
    .replaceAll(/<[^>]*>/g, "");
}
const show = async (...loosenings: LooseningInfo[]) => textOf(<LooseningNotices loosenings={loosenings} nowMs={now} />);

describe("the notice of a loosening", () => {
  it("that another device signed says which bequest, when it binds at the earliest, and how to stop it", async () => {
    const text = await show(theirs);
    expect(text).toContain("Somebody with your keys changed “For Anna” to give more, or sooner");
    expect(text).toContain("It is not in force before 2027-05-06T07:08:00.000Z");
    expect(text).toContain(
      "If this was not you: stop it before then. [/bequests/b1] Open the bequest, and disarm it or arm it",
    );
    expect(text).not.toContain("server’s word");
  });

  it("that this device signed says the same without alarm", async () => {
    const text = await show({ ...theirs, isOwn: true });
    expect(text).toContain("On this device “For Anna” was changed to give more, or sooner");
    expect(text).toContain("It is not in force before 2027-05-06T07:08:00.000Z");
    expect(text).toContain("[/bequests/b1] open the bequest, and disarm it or arm it anew");
    expect(text).not.toMatch(/Somebody|If this was not you/);
  });

  it("says what is only the server's word, and promises no date that has passed", async () => {
    const text = await show({ ...theirs, title: "", bindsMs: now - 1, isProven: false });
    expect(text).toContain("changed a bequest of yours");
    expect(text).toContain("It may be in force since 2027-04-30T23:59:59.999Z");
    expect(text).toContain("the server’s word");
    expect(await show()).toBe("");
  });

  it("stands under the outcome of a check-in", async () => {
    const result = {
      pinned: true,
      at: now,
      earliestMs: now,
      unheard: [],
      lapsed: [],
      handOvers: [],
      unknownChanges: false,
      loosenings: [theirs],
    };
    const text = await textOf(<CheckInOutcome result={result as never} error={null} />);
    expect(text).toContain("Your check-in counted");
    expect(text).toContain("Somebody with your keys changed “For Anna”");
  });
});
