const units = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** `3.2 MB`, decimal as file managers show it. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${bytes === 1 ? "byte" : (units[unit] ?? "")}`;
}
