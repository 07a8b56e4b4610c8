// One step of an installation: what it is called, whether it is done already, and how it is done. `install` runs steps in
// their order, and a second run changes nothing. Pure type.

export interface Step {
  readonly what: string;
  /** absent: a check or a command that changes nothing by being run again, so it always runs and counts as no change */
  readonly isDone?: () => Promise<boolean>;
  readonly run: () => Promise<unknown>;
}
