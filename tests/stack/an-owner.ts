import { decodeBase64url, encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sign, type SigningKey } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { type RouteName, type RouteOutput, routes } from "@afterkeep/contracts";
import {
  openStatement,
  signedStatement,
  type StatementBody,
  type StatementKind,
  zeroHash,
} from "@afterkeep/statements";
import { client, ready } from "@serenity-kit/opaque";
import { generateSync } from "otplib";
import type { Answer, Stack } from "./a-stack.ts";

export type ControlFields = Pick<StatementBody<"key">, "aud" | "account" | "challenge" | "seq" | "prev" | "iat">;
/** Weak on purpose: a hundred sign-ins must not stretch a hundred passphrases. */
const keyStretching = { "argon2id-custom": { iterations: 1, memory: 64, parallelism: 1 } };

export const randomHash = (): string => encodeBase64url(randomBytes(32));
export const sealedText = (length = 64): string => encodeBase64url(randomBytes(length));
/** Fresh ids, whatever the injected clocks say. */
export const freshId = (): Id => newId(Date.UTC(2026, 0, 1));

/** Asks one route and expects its success; fails with the problem document otherwise. */
export async function askRoute<Name extends RouteName>(
  stack: Stack,
  name: Name,
  wish: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown; token?: string } = {},
): Promise<RouteOutput<(typeof routes)[Name]>> {
  const spec = routes[name];
  const url = Object.entries(wish.params ?? {}).reduce(
    (path, [key, value]) => path.replace(`:${key}`, value),
    String(spec.path),
  );
  const { params: _params, query = {}, ...sent } = wish;
  const search = Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query)}`;
  const answer = await stack.ask({ method: spec.method, url: `${url}${search}`, ...sent });
  if (answer.status !== spec.status) throw new Error(`${name}: ${answer.status} ${answer.text}`);
  return answer.body as RouteOutput<(typeof routes)[Name]>;
}

/** An owner with real keys, passphrase and authenticator, who talks to the api over HTTP. ForTestsOnly: keeps no secrets. */
export class Owner {
  readonly stack: Stack;
  readonly email: string;
  readonly passphrase = `correct horse ${randomHash()}`;
  readonly account = freshId();
  readonly ownerKey = generateSigningKey();
  readonly device = generateSigningKey();
  head = { seq: -1, id: zeroHash };
  token = "";
  totpSecret = "";

  constructor(stack: Stack, email: string) {
    this.stack = stack;
    this.email = email;
  }

  ask<Name extends RouteName>(
    name: Name,
    wish: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
  ) {
    return askRoute(this.stack, name, { ...wish, token: this.token });
  }

  async keyholderKey(): Promise<Uint8Array> {
    return decodeBase64url((await askRoute(this.stack, "getServer")).keyholder.publicKey);
  }

  /** The code that the authenticator shows; each is good once, so real time moves on first. */
  code(): string {
    this.stack.clock.advance(60_000);
    return generateSync({ secret: this.totpSecret, epoch: Math.floor(this.stack.clock.nowMs() / 1000) });
  }

  async signUp(channel: "cookie" | "bearer" = "bearer"): Promise<Answer> {
    const { body } = await this.prepareSignUp(channel);
    const answer = await this.stack.ask({ method: "POST", url: "/v1/accounts/finish", body, headers: ownPage });
    if (answer.status !== 201) throw new Error(answer.text);
    const { session, receipt } = answer.body as RouteOutput<typeof routes.finishAccount>;
    this.token = session.token;
    await this.take(receipt);
    return answer;
  }

  /** Everything up to the last call, and its body. */
  async prepareSignUp(channel: "cookie" | "bearer" = "bearer") {
    await ready;
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: this.passphrase });
    const begun = await askRoute(this.stack, "beginAccount", { body: { account: this.account, registrationRequest } });
    const { registrationRecord } = client.finishRegistration({
      password: this.passphrase,
      clientRegistrationState,
      registrationResponse: begun.registrationResponse,
      keyStretching,
    });
    this.totpSecret = begun.totpSecret;
    const body = {
      ticket: begun.ticket,
      email: this.email,
      displayName: "Ada Owner",
      registrationRecord,
      totpCode: this.code(),
      slots: (["opaque", "kit"] as const).map((kind) => ({ kind, slotId: freshId(), epoch: 0, wrapped: sealedText() })),
      keyring: { version: 1, wrapped: sealedText() },
      genesis: await this.#genesis(begun.challenge),
      channel,
    };
    return { begun, body };
  }

  async #genesis(challenge: string): Promise<string> {
    const { body } = openStatement("challenge", challenge, await this.keyholderKey());
    return signed(
      "key",
      {
        aud: body.aud,
        account: this.account,
        challenge: body.challenge,
        seq: 0,
        prev: zeroHash,
        iat: 0,
        epoch: 1,
        ownerKey: encodeBase64url(this.ownerKey.publicKey),
        revocationKey: encodeBase64url(generateSigningKey().publicKey),
        identity: await recipientOf(await generateIdentity("hybrid")),
        keyring: randomHash(),
        devices: [{ key: encodeBase64url(this.device.publicKey) }],
      },
      this.ownerKey,
    );
  }

  /** The first half of a sign-in, as far as a client can get. */
  async beginSignIn(
    over: { email?: string; passphrase?: string } = {},
  ): Promise<{ ticket: string; finishLoginRequest: string }> {
    await ready;
    const password = over.passphrase ?? this.passphrase;
    const { clientLoginState, startLoginRequest } = client.startLogin({ password });
    const begun = await askRoute(this.stack, "beginSession", {
      body: { email: over.email ?? this.email, startLoginRequest },
    });
    const done = client.finishLogin({ password, clientLoginState, loginResponse: begun.loginResponse, keyStretching });
    // A client that cannot finish has no proof; an attacker sends something that looks like one.
    return { ticket: begun.ticket, finishLoginRequest: done?.finishLoginRequest ?? encodeBase64url(randomBytes(64)) };
  }

  /** Both calls of a sign-in; the second as it was answered. */
  async trySignIn(
    over: { email?: string; passphrase?: string; code?: string; channel?: "cookie" | "bearer" } = {},
  ): Promise<Answer> {
    const body = {
      ...(await this.beginSignIn(over)),
      totpCode: over.code ?? this.code(),
      channel: over.channel ?? "bearer",
    };
    return this.stack.ask({ method: "POST", url: "/v1/sessions/finish", body, headers: ownPage });
  }

  /** A new session: the last one ended with the time that passed. */
  async signIn(): Promise<void> {
    const { status, text, body } = await this.trySignIn();
    if (status !== 200) throw new Error(text);
    this.token = (body as RouteOutput<typeof routes.finishSession>).token;
  }

  async verifyEmail(): Promise<void> {
    const mail = (await this.stack.mails()).findLast(
      ({ kind, tenant }) => kind === "verify-email" && tenant === this.account,
    );
    await askRoute(this.stack, "verifyEmail", { body: { token: mail?.token } });
  }

  async challenge(purpose: "control" | "stricter" | "checkin"): Promise<StatementBody<"challenge">> {
    const { challenge } = await this.ask("challenge", { body: { purpose } });
    return openStatement("challenge", challenge, await this.keyholderKey()).body;
  }

  async signControl<Kind extends "key" | "delegate" | "pin" | "policy" | "manifest">(
    kind: Kind,
    fill: (fields: ControlFields) => StatementBody<Kind>,
  ): Promise<string> {
    const { aud, challenge } = await this.challenge("control");
    return signed(
      kind,
      fill({ aud, challenge, account: this.account, seq: this.head.seq + 1, prev: this.head.id, iat: 0 }),
      this.ownerKey,
    );
  }

  /** Notes the head that a receipt names. */
  async take(receipt: string): Promise<StatementBody<"receipt">> {
    const { body } = openStatement("receipt", receipt, await this.keyholderKey());
    this.head = body.head;
    return body;
  }

  /** Learns the head from the keyholder, after somebody else sent one of this owner's statements. */
  async refreshHead(): Promise<void> {
    this.head = (await this.challenge("control")).head;
  }

  async submit(
    kind: "key" | "delegate" | "pin" | "policy" | "disarm" | "pause" | "revoke-device",
    statement: string,
  ): Promise<StatementBody<"receipt">> {
    return this.take((await this.ask("submitStatement", { body: { kind, statement } })).receipt);
  }
}

/** The headers that our own page sends with its cookie. */
export const ownPage = { origin: "http://localhost:8420", "x-afterkeep": "1" };

export async function signed<Kind extends StatementKind>(
  kind: Kind,
  body: StatementBody<Kind>,
  key: SigningKey,
): Promise<string> {
  const signer = { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
  return (await signedStatement(kind, body, signer)).jws;
}

/** A signed-in owner with a proven address. */
export async function anOwner(
  stack: Stack,
  email = `${randomHash()
    .slice(0, 8)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "x")}@example.test`,
): Promise<Owner> {
  const owner = new Owner(stack, email);
  await owner.signUp();
  await owner.verifyEmail();
  return owner;
}
