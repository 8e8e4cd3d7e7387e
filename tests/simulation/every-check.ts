/** Every check of docs/simulation.md: the long life asks of each whether it had something to judge. */
export const everyCheck: readonly string[] = [
  ...["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11"],
  ...["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L11", "L12"],
  ...["E1", "E2", "E3", "E4", "E5", "E6", "F1", "F2", "F3", "F4", "Q1", "Q2", "Q3"],
  ...["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "A1", "A2", "A3", "A4", "A5", "A6"],
];
