import { InputError, UnauthenticatedError } from "@afterkeep/platform";
import { ready, server } from "@serenity-kit/opaque";

/** First answer of an OPAQUE registration (RFC 9807). The credential id is the account id, never the address. */
export async function answerRegistration(setup: string, account: string, registrationRequest: string): Promise<string> {
  await ready;
  return readable(
    () =>
      server.createRegistrationResponse({ serverSetup: setup, userIdentifier: account, registrationRequest })
        .registrationResponse,
  );
}

/**
 * First answer of a sign-in. Without a record the answer looks like any other and no proof will fit it, so that an attempt tells
 * nothing about who has an account.
 */
export async function answerSignIn(
  setup: string,
  attempt: { account: string; record: string | undefined; startLoginRequest: string },
): Promise<{ loginResponse: string; serverLoginState: string }> {
  await ready;
  return readable(() =>
    server.startLogin({
      serverSetup: setup,
      userIdentifier: attempt.account,
      registrationRecord: attempt.record,
      startLoginRequest: attempt.startLoginRequest,
    }),
  );
}

/** Throws UnauthenticatedError unless the proof shows that the passphrase was right. */
export async function verifySignIn(serverLoginState: string, finishLoginRequest: string): Promise<void> {
  await ready;
  try {
    server.finishLogin({ serverLoginState, finishLoginRequest });
  } catch (cause) {
    throw signInRefused(cause);
  }
}

/** One answer for every wrong thing: address, passphrase or code. */
export function signInRefused(cause?: unknown): UnauthenticatedError {
  return new UnauthenticatedError("sign-in-refused", "Address, passphrase or code do not fit.", {
    next: "Check all three and try again with a fresh code.",
    cause,
  });
}

function readable<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new InputError("opaque-message-invalid", "The message for the passphrase exchange cannot be read.", {
      next: "Update this client, then begin again.",
      cause,
    });
  }
}
