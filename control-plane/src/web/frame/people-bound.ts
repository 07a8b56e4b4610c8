// What people's routes find in hono's context, by what they may do. A view holds its reader, what it may read, and no way to act: neither
// the desk's acts nor the bindings by which the actors are reached. Who says what a form asks for holds as little. Types alone: hono's
// context is one object, whatever it is called.
import type { Context } from "hono";
import type { Env } from "../../env.ts";
import type { Bound } from "../../http/context.ts";
import type { Reads } from "../../http/reads.ts";
import type { Visitor } from "../../http/visitor.ts";
import type { IncidentDeskRpc } from "../../platform/rpc.ts";
import type { Frame } from "./layout.tsx";
import type { Refusals } from "./refusals.ts";
import type { SignInOffer } from "./sign-in-offer.ts";

/** Who is not signed in and opens a link: nothing can be asked or done for them, but how they could sign in by passkey. */
export interface OpenBound {
  Bindings: Pick<Env, "PUBLIC_URL">;
  Variables: { readonly offerSignIn: () => Promise<SignInOffer | null> };
}

/** A signed-in device's GET. */
export interface ViewBound {
  Bindings: Pick<Env, "POLICY" | "PUBLIC_URL">;
  Variables: {
    readonly refusals: Refusals;
    readonly visitor: Visitor;
    readonly frame: Frame;
    readonly reads: Reads;
    /**
     * the one thing that a GET records, for a person's own opening only: that an approval was seen, and their pages about it
     */
    readonly noteSeen: (approvalId: string) => Promise<void>;
    /** … or an incident: that their own pages about it were seen */
    readonly noteIncidentSeen: (incidentId: string) => Promise<void>;
  };
}

/** A form of our own, of right type and size, from who is not signed in. */
export interface DoorBound extends Bound {
  Variables: {
    readonly refusals: Refusals;
    readonly form: URLSearchParams;
    readonly desk: IncidentDeskRpc;
  };
}

/** A signed-in device's form, for who only says what it asks for. */
export interface FormBound {
  Bindings: ViewBound["Bindings"];
  Variables: {
    readonly refusals: Refusals;
    readonly visitor: Visitor;
    readonly reads: Reads;
    readonly form: URLSearchParams;
    /** what the person saw, as the form's token binds it; empty where the act has no proposal */
    readonly proposalHash: string;
  };
}

/** … and for who acts by it. */
export interface ActBound extends Bound {
  Variables: FormBound["Variables"] & { readonly desk: IncidentDeskRpc };
}

/** What the middleware itself sets, before it is known which of these a route is. */
export interface PeopleBound extends Bound {
  Variables: { readonly refusals: Refusals } & Partial<
    ViewBound["Variables"] & ActBound["Variables"] & OpenBound["Variables"]
  >;
}

/** An act's context as who only says what the form asks for sees it. */
export function asForm<Path extends string>(c: Context<ActBound>): Context<FormBound, Path> {
  return c as unknown as Context<FormBound, Path>;
}
