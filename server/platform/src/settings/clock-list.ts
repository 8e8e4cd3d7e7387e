import * as z from "zod";

const atMost = 8;

/** Addresses whose `Date` an operator believes, separated by commas. Why https alone: whoever stands in between could say any time. */
export const clockList = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(z.array(z.url({ protocol: /^https$/ })).max(atMost));
