// What the starter and the process that runs workerd say to each other: one JSON document per line. Types only.
import type { Secrets } from "./state-directory.ts";

/** An address to listen on. */
export interface Listen {
  readonly host: string;
  readonly port: number;
  /** the only address that can call here; null: anyone, then the caller's address is taken from the connection (front.ts) */
  readonly peer: string | null;
}

/** First and only line to the process; the end of its stdin ends it. */
export interface WorkerdOptions {
  readonly stateDir: string;
  readonly listen: readonly Listen[];
  /** every caller is a proxy of ours that says in X-Forwarded-For who called it */
  readonly isProxyTrusted: boolean;
  readonly publicUrl: string;
  readonly policyText: string;
  readonly secrets: Secrets;
  /** further text bindings: the secrets that the policy's channels name */
  readonly bindings: Readonly<Record<string, string>>;
  /** tests only: another Worker to bundle */
  readonly workerEntry?: string;
}

/** A page on the `terminal` channel, as the Worker POSTs it. */
export type TerminalPage = Readonly<Record<string, unknown>>;

export type WorkerdMessage =
  | { readonly kind: "ready"; readonly workerdPids: readonly number[] }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "page"; readonly page: TerminalPage };
