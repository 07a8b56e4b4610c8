// What a fake of a provider is: it speaks the provider's documented protocol (each answer in its file cites the
// documentation), in memory and on virtual time, so that the same fake stands behind a channel's own tests, behind a
// crash enumeration and, served on loopback (test/providers/serve.ts), behind a real desk. What a reader would get
// wrong: it checks what it is sent as strictly as its documentation reads; a request that the provider would refuse is
// refused.

/** A message as its person got it. */
export interface Arrived {
  /** the provider's own name for it, as it answered */
  readonly handle: string;
  /** to whom: a topic, a user key, a chat, a number, an address */
  readonly to: string;
  readonly title: string;
  readonly body: string;
  /** it makes itself heard; false: it lies there quietly */
  readonly isLoud: boolean;
  /** epoch milliseconds */
  readonly at: number;
  /** the idempotency key, where the protocol has one. absent: it has none */
  readonly key?: string;
}

export interface FakeProvider {
  /** answers one request as the provider documents it */
  answer(request: Request): Promise<Response>;
  /** what has arrived at people so far, oldest first; a repeat that the provider recognises is there once */
  readonly arrived: readonly Arrived[];
  /** what still makes itself heard, by handle: emergencies that nobody acknowledged or ended, calls that ring */
  readonly ringing: ReadonlySet<string>;
  /** its person says "I have it" where it arrived; false: that cannot be said there */
  acknowledge(handle: string): Promise<boolean>;
}

/** The present of a fake, epoch milliseconds. */
export interface ProviderClock {
  readonly now: number;
}

/** What a provider does wrong. */
export type ProviderFault =
  /** 429 with `Retry-After`, as this provider words it */
  | { readonly kind: "too-many"; readonly retryAfterSeconds: number }
  | { readonly kind: "status"; readonly status: number }
  /** no answer ever comes */
  | { readonly kind: "hangs" }
  /** the provider says that it took it, and nobody gets it */
  | { readonly kind: "accepted-and-lost" }
  /** its person gets it, and the answer never comes */
  | { readonly kind: "taken-without-answer" }
  /** its person gets it twice */
  | { readonly kind: "duplicates" };
