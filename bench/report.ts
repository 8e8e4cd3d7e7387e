/** One measured thing. Times and sizes are medians over the rounds; `ratio` compares two medians of the same run. */
export type Result = {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: "s" | "ms" | "MiB" | "MB/s" | "/s";
  readonly min: number;
  readonly max: number;
  /** What it is compared with, in the same unit; null for nothing. */
  readonly against: {
    readonly what: string;
    readonly value: number;
    readonly min: number;
    readonly max: number;
  } | null;
  /** How many times as fast as `against`; where less is better (`atMost`), how many times as much. */
  readonly ratio: number | null;
  /** The aim, of `ratio`, or of `value` where there is no ratio; null for none. */
  readonly bar: number | null;
  /** Whether the bar is the most that may be, instead of the least. */
  readonly atMost: boolean;
  readonly holds: boolean | null;
};

export type BenchReport = {
  readonly name: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly loadavg: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly rounds: number;
  readonly notes: readonly string[];
  readonly results: readonly Result[];
};

type Spread = { readonly value: number; readonly min: number; readonly max: number };

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const value = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { value, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Seconds of ours against seconds of an anchor: a ratio above 1 is faster. */
export function timeResult(
  what: { readonly id: string; readonly what: string; readonly bar?: number },
  samples: readonly number[],
  anchor: { readonly what: string; readonly samples: readonly number[] },
): Result {
  const ours = spreadOf(samples);
  const against = { what: anchor.what, ...spreadOf(anchor.samples) };
  const ratio = against.value / ours.value;
  const bar = what.bar ?? null;
  return {
    id: what.id,
    what: what.what,
    unit: "s",
    ...ours,
    against,
    ratio,
    bar,
    atMost: false,
    holds: bar === null ? null : ratio >= bar,
  };
}

type Named = { readonly id: string; readonly what: string; readonly bar?: number };
type Anchor = { readonly what: string; readonly samples: readonly number[] };

/** Seconds of ours that may be at most `bar` times those of an anchor. Shown in milliseconds. */
export function boundResult({ id, what, bar = 1 }: Named, samples: readonly number[], anchor: Anchor): Result {
  const toMs = (seconds: number) => seconds * 1000;
  const [ours, against] = [spreadOf(samples.map(toMs)), spreadOf(anchor.samples.map(toMs))];
  const ratio = ours.value / against.value;
  return {
    ...{ id, what, unit: "ms", ...ours, against: { what: anchor.what, ...against } },
    ...{ ratio, bar, atMost: true, holds: ratio <= bar },
  };
}

/** Something done a second by us and by an anchor: a ratio above 1 is faster. */
export function rateResult({ id, what, bar }: Named, samples: readonly number[], anchor: Anchor): Result {
  const [ours, against] = [spreadOf(samples), spreadOf(anchor.samples)];
  const ratio = ours.value / against.value;
  return {
    ...{ id, what, unit: "/s", ...ours, against: { what: anchor.what, ...against } },
    ...{ ratio, bar: bar ?? null, atMost: false, holds: bar === undefined ? null : ratio >= bar },
  };
}

/** A time of ours that may be at most `bar`, compared with nothing. The median counts. */
export function limitResult(
  { id, what, bar, unit }: Named & { readonly unit: "s" | "ms" },
  samples: readonly number[],
): Result {
  const ours = spreadOf(samples);
  return {
    ...{ id, what, unit, ...ours, against: null, ratio: null },
    ...{ bar: bar ?? null, atMost: true, holds: bar === undefined ? null : ours.value <= bar },
  };
}

/** A size above a bare one, to be at most `bar`. */
export function sizeResult(
  what: { readonly id: string; readonly what: string; readonly bar?: number },
  samples: readonly number[],
  bare: readonly number[],
): Result {
  const base = spreadOf(bare).value;
  const above = spreadOf(samples.map((sample) => sample - base));
  const against = { what: "node -e 0", ...spreadOf(bare) };
  const bar = what.bar ?? null;
  // The largest counts: memory that is short once is short.
  return {
    id: what.id,
    what: what.what,
    unit: "MiB",
    ...above,
    against,
    ratio: null,
    bar,
    atMost: true,
    holds: bar === null ? null : above.max <= bar,
  };
}

export function tableOf(report: BenchReport): string {
  const rows = report.results.map((result) => [
    result.id,
    `${number(result.value)} ${result.unit} (${number(result.min)}–${number(result.max)})`,
    result.against === null
      ? ""
      : `${result.against.what} ${number(result.against.value)} (${number(result.against.min)}–${number(result.against.max)})`,
    result.ratio === null ? "" : `${number(result.ratio)}×`,
    result.bar === null ? "" : `${result.atMost ? "≤" : "≥"} ${result.bar}`,
    result.holds === null ? "" : result.holds ? "holds" : "MISSED",
    result.what,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const head = `${report.name} at ${report.commit}, Node ${report.node}, ${report.cpu}, ${report.rounds} rounds, load ${report.loadavg.before.map(number).join(" ")} → ${report.loadavg.after.map(number).join(" ")}`;
  return [head, ...report.notes, "", ...lines].join("\n");
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
