import { decodeBase64url } from "@afterkeep/bytes";
import type { client as OpaqueClient } from "@serenity-kit/opaque";
import { RefusedError } from "./errors.ts";

/**
 * Argon2id as RFC 9807 recommends where memory is scarce: 3 passes over 64 MiB, 4 lanes. The library's default asks for 2 GiB,
 * which takes half a minute and kills the tab of a phone. Fixed for good: another setting would make another export key.
 */
const keyStretching = "memory-constrained";

/** Loaded when somebody signs in and not before: its WebAssembly is the largest part of a bundle. */
async function loadOpaque(): Promise<typeof OpaqueClient> {
  const library = await import("@serenity-kit/opaque");
  await library.ready;
  return library.client;
}

export type Registration = {
  readonly request: string;
  /** The record for the server and the export key, which never leaves this device. */
  finish(response: string): { readonly record: string; readonly exportKey: Uint8Array };
};

/** OPAQUE registration (RFC 9807). The server never sees the passphrase, nor anything to guess it from but its own record. */
export async function startRegistration(passphrase: string): Promise<Registration> {
  const client = await loadOpaque();
  const password = passphrase.normalize("NFKC");
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  return {
    request: registrationRequest,
    finish: (registrationResponse) => {
      const done = guard(() =>
        client.finishRegistration({ password, clientRegistrationState, registrationResponse, keyStretching }),
      );
      return { record: done.registrationRecord, exportKey: decodeBase64url(done.exportKey) };
    },
  };
}

export type Login = {
  readonly request: string;
  finish(response: string): { readonly proof: string; readonly exportKey: Uint8Array };
};

/** OPAQUE key exchange. `finish` refuses ("sign-in-failed") on a wrong passphrase, an unknown address or a server without the record. */
export async function startLogin(passphrase: string): Promise<Login> {
  const client = await loadOpaque();
  const password = passphrase.normalize("NFKC");
  const { clientLoginState, startLoginRequest } = client.startLogin({ password });
  return {
    request: startLoginRequest,
    finish: (loginResponse) => {
      const done = guard(() => client.finishLogin({ password, clientLoginState, loginResponse, keyStretching }));
      if (done === undefined) throw signInFailed();
      return { proof: done.finishLoginRequest, exportKey: decodeBase64url(done.exportKey) };
    },
  };
}

function guard<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw signInFailed(error);
  }
}

/** One message for every reason: whether the address is known is nobody's business. */
function signInFailed(cause?: unknown): RefusedError {
  return new RefusedError("sign-in-failed", "E-mail address and passphrase do not fit together.", {
    next: "Check both and try again. Signing in with the recovery kit is not part of this version.",
    cause,
  });
}
