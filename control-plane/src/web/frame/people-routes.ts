// The three kinds of route that people have: a view, an act, and the door of who is not signed in. A room lists its own; nothing but
// `peopleApp` makes hono's routes of them, so that none stands outside the middleware.
import type { Context } from "hono";
import { assert, type Result } from "@countersign/shared/values/result";
import { type ActKind, ACTS, type PersonAct } from "../../core/desk/acts/act-list.ts";
import type { Role } from "../../core/words/roles.ts";
import { actAs } from "./act-as.ts";
import type { CsrfPurpose } from "./csrf.ts";
import { gestureIn } from "./gesture.ts";
import {
  type ActBound,
  asForm,
  type DoorBound,
  type FormBound,
  type OpenBound,
  type ViewBound,
} from "./people-bound.ts";
import type { ViewRefusal } from "./refusals.ts";

type Answer = Response | Promise<Response>;

/** GET: shows, and has nothing by which it could act. */
interface ViewRoute {
  readonly kind: "view";
  readonly path: string;
  readonly show: (c: Context<ViewBound>) => Answer;
}

/** What every form of a view has, for a path with its parameters. */
interface Form<Path extends string> {
  /** what is acted on, as the form's token names it; empty where there is none */
  readonly subject: (c: Context<FormBound, Path>) => string;
  /** where to look afterwards, done or not */
  readonly backPath: (c: Context<FormBound, Path>) => string;
}

/** A no, with its reason for the person. */
interface No {
  readonly reason: ViewRefusal;
}

/** What an act of the desk's list carries beside its kind. */
type Carried<Kind extends ActKind> = Omit<Extract<PersonAct, { readonly kind: Kind }>, "kind">;

/** A form that has the desk do one act of its list: its token is good for this kind alone, and nothing else can come of it. */
interface DeskForm<Path extends string, Kind extends ActKind> extends Form<Path> {
  readonly kind: Kind;
  /** called once the form is admitted */
  readonly says: (
    c: Context<FormBound, Path>,
  ) => Result<Carried<Kind>, No> | Promise<Result<Carried<Kind>, No>>;
}

/** A form for what stands beside that list: policy, sign-ins, enrolment. */
interface OtherForm<Path extends string> extends Form<Path> {
  readonly purpose: Exclude<CsrfPurpose, ActKind>;
  /** the role that it needs */
  readonly needs: Role;
  /** called once the form is admitted; an answer of its own takes the place of the way back */
  readonly perform: (c: Context<ActBound, Path>) => Promise<Result<unknown, No>>;
}

/** POST of a signed-in device's form. */
export interface ActRoute {
  readonly kind: "act";
  readonly path: string;
  readonly form: Form<string> & {
    readonly purpose: CsrfPurpose;
    readonly needs: Role;
    readonly perform: (c: Context<ActBound>) => Promise<Result<unknown, No>>;
  };
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

/** An act of the desk's list at a path. */
export function act<Path extends string, Kind extends ActKind>(
  path: Path,
  form: DeskForm<Path, Kind>,
): PeopleRoute {
  const perform = async (c: Context<ActBound>): Promise<Result<unknown, No>> => {
    const said = await form.says(asForm<Path>(c));
    if (!said.ok) return said;
    const gesture = gestureIn(c.var.form, form.kind);
    if (!gesture.ok) return gesture;
    // that the two belong together is said by DeskForm; TypeScript follows no spread of what is generic
    return actAs(c, { ...said.value, kind: form.kind } as unknown as PersonAct, gesture.value);
  };
  return { kind: "act", path, form: { ...form, purpose: form.kind, needs: roleOfAct(form.kind), perform } };
}

function roleOfAct(kind: ActKind): Role {
  const listed = ACTS.find((each) => each.kind === kind);
  assert(listed !== undefined, "every act is in the list");
  return listed.needs;
}

/** An act beside that list at a path. */
export function otherAct<Path extends string>(path: Path, form: OtherForm<Path>): PeopleRoute {
  return { kind: "act", path, form };
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
