// What a channel said of one attempt at a page, as the desk's event carries it, and how its provider refuses. Pure types.

/** How a provider refused what it was asked, told or sent. */
export interface Refusal {
  /** it wants nothing before so many milliseconds are over. absent: it said nothing of it */
  readonly retryAfterMs?: number;
  /** the same is refused again. absent: it may be taken later */
  readonly isForGood?: true;
}

export interface Attempted extends Refusal {
  /** of the page */
  readonly key: string;
  readonly channel: string;
  readonly result: "delivered" | "failed";
  readonly detail: string;
  /** the provider's own name for it. absent: it gave none */
  readonly handle?: string;
  /**
   * it may have been taken all the same: no answer came, or the provider failed over it. absent: it was not, or it is
   * known that it was
   */
  readonly mayHaveCome?: true;
  /** no answer came in time. absent: one did, or the connection failed */
  readonly isTimeout?: true;
}
