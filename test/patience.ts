// How long a test waits for what must come: it ends the wait when it came, so a long bound costs nothing, and a short one
// fails on a machine that is busy with something else.

export const PATIENT = { timeout: 15_000 } as const;
