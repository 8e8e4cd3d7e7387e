import type { Readable } from "node:stream";
import type { RouteName, routes } from "@afterkeep/contracts";
import type { z } from "zod";
import type { NobodyActor, OwnerActor, RecipientActor } from "../context/actor.ts";
import type { Call } from "../context/call.ts";
import type { ObjectAnswer } from "../objects/object-answer.ts";

type Routes = typeof routes;
type Spec<Name extends RouteName> = Routes[Name];
type Part<S, Key extends string> =
  S extends Record<Key, infer Schema>
    ? Schema extends z.ZodType
      ? { [K in Key]: z.output<Schema> }
      : Schema extends "bytes"
        ? { [K in Key]: Readable } & { announcedLength: number | null }
        : object
    : object;
type Actors = { none: NobodyActor; owner: OwnerActor; recipient: RecipientActor };

/** What a route's operation gets, checked against its schemas. */
export type InputOf<Name extends RouteName> = Part<Spec<Name>, "params"> &
  Part<Spec<Name>, "query"> &
  Part<Spec<Name>, "headers"> &
  Part<Spec<Name>, "body">;
/** What it answers. */
export type OutputOf<Name extends RouteName> = Spec<Name>["response"] extends z.ZodType
  ? z.input<Spec<Name>["response"]>
  : ObjectAnswer;
/** A use case. It knows neither HTTP nor SQL. */
export type Operation<Name extends RouteName> = (
  call: Call<Actors[Spec<Name>["auth"]]>,
  input: InputOf<Name>,
) => Promise<OutputOf<Name>>;
export type Operations = { [Name in RouteName]: Operation<Name> };
