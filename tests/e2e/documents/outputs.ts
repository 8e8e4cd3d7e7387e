import { z } from "zod";

/** The stable fields of `--json` that are read here. */
const document = z.object({
  doc: z.string(),
  ver: z.string(),
  name: z.string(),
  folder: z.string(),
  kind: z.string(),
  size: z.number(),
  versions: z.number(),
});
export type Listed = z.infer<typeof document>;

export const documents = z.object({ documents: z.array(document) });
export const one = z.object({ document });
export const opened = z.object({ document, file: z.string(), bytes: z.number() });
export const versions = z.object({ versions: z.array(z.object({ ver: z.string(), isCurrent: z.boolean() })) });
export const uploads = z.object({
  uploads: z.array(
    z.object({ ver: z.string(), name: z.string(), source: z.string(), doneBytes: z.number(), sealedBytes: z.number() }),
  ),
  damaged: z.array(z.string()),
});
export const imported = z.object({
  dryRun: z.boolean(),
  found: z.object({ record: z.number(), note: z.number(), file: z.number() }),
  warnings: z.array(z.string()),
  documents: z.array(document),
});
export const failed = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
