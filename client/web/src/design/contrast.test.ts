import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const [light = "", dark = ""] = css.split("@media");

/** Every pair in which text stands on a ground. */
const textPairs = [
  ["ink", "paper"],
  ["ink", "surface"],
  ["ink", "sunken"],
  ["ink", "accent-soft"],
  ["ink-soft", "paper"],
  ["ink-soft", "surface"],
  ["ink-soft", "sunken"],
  ["accent", "paper"],
  ["accent", "surface"],
  ["accent", "accent-soft"],
  ["accent-hover", "paper"],
  ["accent-ink", "accent"],
  ["accent-ink", "accent-hover"],
  ["attention", "attention-soft"],
  ["problem", "problem-soft"],
  ["problem", "surface"],
] as const;

function colourOf(scheme: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(scheme)?.[1];
  if (found === undefined) throw new Error(`no colour --${name}`);
  return found;
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(scheme: string, one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(colourOf(scheme, one)), luminance(colourOf(scheme, other))].sort(
    (a, b) => b - a,
  );
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", light],
  ["dark", dark],
])("colours by %s", (_, scheme) => {
  it.each(textPairs)("let everybody read %s on %s", (text, ground) => {
    expect(contrast(scheme, text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["paper", "surface"])("show where a field on %s begins and ends", (ground) => {
    expect(contrast(scheme, "line-strong", ground)).toBeGreaterThanOrEqual(3);
  });
});
