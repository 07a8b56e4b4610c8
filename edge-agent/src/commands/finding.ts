// What `doctor` found about one thing: right, wrong with what to do, or not to be seen by this user. Not to be seen is never right.

export interface Finding {
  readonly check: string;
  /** `unknown`: this user may not look; run it as root */
  readonly status: "ok" | "wrong" | "unknown";
  readonly detail: string;
}

/** It is as it should be. */
export const well = (check: string, detail: string): Finding => ({ check, status: "ok", detail });
/** It is not, and the detail says what to do. */
export const wrong = (check: string, detail: string): Finding => ({ check, status: "wrong", detail });
/** It could not be seen. */
export const unknown = (check: string, detail: string): Finding => ({ check, status: "unknown", detail });
