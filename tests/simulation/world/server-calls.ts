import type { getStatus } from "@afterkeep/api/testing";
import type { Handlers } from "./ask.ts";

type KeyholderCall<Name extends keyof Handlers> = {
  readonly request: Parameters<Handlers[Name]>[0];
  readonly answer: Awaited<ReturnType<Handlers[Name]>>;
};

/** What owners and recipients ask of the server: by the keyholder's own names, where the api carries it there. */
export type ServerCalls = {
  readonly challenge: KeyholderCall<"challenge">;
  readonly delegateChallenge: KeyholderCall<"delegateChallenge">;
  readonly submit: {
    readonly request: KeyholderCall<"submit">["request"] & {
      readonly account: string;
      /** A job's, which has no session. */
      readonly isDelegated?: boolean;
      readonly manifest?: { readonly b: string; readonly g: number; readonly mseq: number; readonly body: string };
    };
    readonly answer: KeyholderCall<"submit">["answer"];
  };
  readonly submitToken: KeyholderCall<"submitToken">;
  /** The api's own word. Its client hears nothing of the answer: it is the keyholder's to the api. */
  readonly attest: KeyholderCall<"attest">;
  readonly prove: KeyholderCall<"prove">;
  readonly grant: KeyholderCall<"grant">;
  readonly proveToAsk: KeyholderCall<"proveToAsk">;
  readonly ask: KeyholderCall<"ask">;
  readonly listStatements: {
    readonly request: { readonly account: string; readonly after: number };
    readonly answer: { readonly statements: string[]; readonly more: boolean; readonly revocations: string[] };
  };
  readonly getStatus: {
    readonly request: { readonly account: string };
    readonly answer: Awaited<ReturnType<typeof getStatus>>;
  };
};
export type ServerName = keyof ServerCalls;
