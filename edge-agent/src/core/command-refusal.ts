// The expected no of a command of the host. Pure type.

/** `sentence` says to a person what to do; `reason` is for scripts. */
export interface CommandRefusal {
  readonly reason: string;
  readonly sentence: string;
}
