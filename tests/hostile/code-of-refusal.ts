import { RefusedError } from "@afterkeep/sdk";

/** Why a client refused; what it was otherwise, in words that no code is. */
export async function codeOfRefusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  return error instanceof RefusedError ? error.code : String(error);
}
