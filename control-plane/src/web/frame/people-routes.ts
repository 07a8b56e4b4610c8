// The three kinds of route that people have: a view, an act, and the door of who is not signed in. A room lists its own; nothing but
// `peopleApp` makes hono's routes of them, so that none stands outside the middleware.
import type { Context } from "hono";
import type { Result } from "@countersign/shared/values/result";
import type { CsrfPurpose } from "./csrf.ts";
import type { ActBound, DoorBound, OpenBound, ViewBound } from "./people-bound.ts";
import type { ViewRefusal } from "./refusals.ts";

type Answer = Response | Promise<Response>;

/** GET: shows, and has nothing by which it could act. */
interface ViewRoute {
  readonly kind: "view";
  readonly path: string;
  readonly show: (c: Context<ViewBound>) => Answer;
}

/** What a form does, for a path with its parameters. */
interface Act<Path extends string> {
  /** the form's token is good for this and for the subject alone */
  readonly purpose: CsrfPurpose;
  /** what is acted on, as the form's token names it; empty where there is none */
  readonly subject: (c: Context<ActBound, Path>) => string;
  /** where to look afterwards, done or not */
  readonly backPath: (c: Context<ActBound, Path>) => string;
  /** called once the form is admitted; an answer of its own takes the place of the way back */
  readonly perform: (
    c: Context<ActBound, Path>,
  ) => Promise<Result<unknown, { readonly reason: ViewRefusal }>>;
}

/** POST of a signed-in device's form. */
export interface ActRoute {
  readonly kind: "act";
  readonly path: string;
  readonly act: Act<string>;
}

/** GET and POST for who is not signed in. */
interface DoorRoute {
  readonly kind: "door";
  readonly path: string;
  readonly show: (c: Context<OpenBound>) => Answer;
  readonly take: (c: Context<DoorBound>) => Answer;
}

export type PeopleRoute = ViewRoute | ActRoute | DoorRoute;

/** A view at a path. */
export function view<Path extends string>(
  path: Path,
  show: (c: Context<ViewBound, Path>) => Answer,
): PeopleRoute {
  return { kind: "view", path, show };
}

/** An act at a path. */
export function act<Path extends string>(path: Path, what: Act<Path>): PeopleRoute {
  return { kind: "act", path, act: what };
}

/** A way in for who is not signed in: a form, and what takes it. */
export function door<Path extends string>(
  path: Path,
  answers: {
    readonly show: (c: Context<OpenBound, Path>) => Answer;
    readonly take: (c: Context<DoorBound, Path>) => Answer;
  },
): PeopleRoute {
  return { kind: "door", path, ...answers };
}
