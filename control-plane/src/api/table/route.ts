// One line of the table of routes: what is asked for, what is answered, and the right that it takes. Pure data and its types: routes, the
// document at /openapi.json and the `countersign` command all go by it. What a reader would get wrong: a shape of an answer describes what
// is sent and strips nothing; what a body may hold beside what is asked for is nothing (strict objects).
import type * as z from "zod";
import type { ProblemReason } from "../../http/problem.ts";

/**
 * Whose request is answered at all; `api/rights.ts` checks it.
 * `anyone`: whoever asks. `admin-token`: who sends the operator's bearer token. `enrolment-token`: who sends a one-time token in the body
 * and proves the key that it enrols. `host-key`: an agent, which proves its host's key on the socket that it is given.
 * `provider-proof`: a
 * channel's provider, which proves itself as its channel knows it.
 */
export type Right = "anyone" | "admin-token" | "enrolment-token" | "host-key" | "provider-proof";

type Method = "GET" | "POST" | "PUT" | "DELETE";
/** Method and path, as it is written in the table: `GET /v1/admin/incidents/:id`. */
export type CallText = `${Method} /${string}`;

type Shapes = Readonly<Record<string, z.ZodType>>;

export interface Route {
  readonly right: Right;
  /** what it does, in one sentence */
  readonly says: string;
  /** the parts of the path by name; one that does not fit is a path where nothing is */
  readonly params?: Shapes;
  /** what may stand behind the question mark */
  readonly query?: z.ZodObject;
  /** a JSON body; an absent one is `undefined` to the shape */
  readonly body?: z.ZodType;
  /** of the body; absent: HTTP_BODY_BYTES_MAX */
  readonly bodyBytesMax?: number;
  /** JSON by status; null: no JSON, but a response of its own */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** how it may refuse, beside what follows from the right and the shapes */
  readonly problems?: readonly ProblemReason[];
}

type Routes = { readonly [Call in CallText]: Route };

type NamesIn<Path> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;
/** A path that names parts has a shape for each of them. */
type Checked<R> = {
  readonly [Call in keyof R]: [NamesIn<Call>] extends [never]
    ? Route
    : Route & { readonly params: { readonly [Name in NamesIn<Call>]: z.ZodType } };
};

/** A part of the table, as it is written. */
export function routesOf<const R extends Routes>(routes: R & Checked<R>): R {
  return routes;
}

type PartsOf<S extends Shapes, Side extends "input" | "output"> = {
  readonly [Name in keyof S]: Side extends "input" ? z.input<S[Name]> : z.output<S[Name]>;
};

/** What an answer is given: all parts of the request, parsed. */
export interface Asked<R extends Route> {
  readonly params: R extends { readonly params: infer S extends Shapes } ? PartsOf<S, "output"> : undefined;
  readonly query: R extends { readonly query: infer S extends z.ZodType } ? z.output<S> : undefined;
  readonly body: R extends { readonly body: infer S extends z.ZodType } ? z.output<S> : undefined;
}

/** What whoever calls gives. */
export type Asking<R extends Route> = (R extends { readonly params: infer S extends Shapes }
  ? { readonly params: PartsOf<S, "input"> }
  : unknown) &
  (R extends { readonly query: infer S extends z.ZodType } ? { readonly query?: z.input<S> } : unknown) &
  (R extends { readonly body: infer S extends z.ZodType } ? { readonly body: z.input<S> } : unknown);

/** Nothing of an answer is changed by whoever has it. */
export type Frozen<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** A done answer: a status of the route with its body, or a response of its own. */
export type Reply<R extends Route> = {
  readonly [Status in keyof R["answers"] & number]: R["answers"][Status] extends z.ZodType
    ? { readonly status: Status; readonly body: Frozen<z.output<R["answers"][Status]>> }
    : { readonly status: Status; readonly response: Response };
}[keyof R["answers"] & number];

/** An answer's body as whoever called has it, whichever of the statuses it came with. */
export type BodyOf<R extends Route> = {
  [Status in keyof R["answers"]]: R["answers"][Status] extends z.ZodType
    ? z.output<R["answers"][Status]>
    : never;
}[keyof R["answers"]];

/** The reasons for which a line refuses by itself. */
export type ReasonOf<R extends Route> = R extends {
  readonly problems: readonly (infer Reason extends ProblemReason)[];
}
  ? Reason
  : never;

/** Why a request is refused. */
export interface Refusal<Reason extends ProblemReason> {
  readonly reason: Reason;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** further members of the problem document */
  readonly members?: Readonly<Record<string, unknown>>;
}
