// How a thing is, told three times: by a shape, by a word and by a colour, in that order, so that none of them is needed
// alone. Red says that something is broken. What people did about it (silenced, taken, frozen) is said in ink, whatever lies
// under it. Pure.
import type { Child } from "hono/jsx";
import { Icon } from "./icons.tsx";

/** Each state with its shape and its tone; no tone: ink. */
const STATES = {
  /** nothing is wrong with it */
  well: { icon: "well", tone: "good" },
  /** a check says no */
  failing: { icon: "fail", tone: "bad" },
  /** something wants a look, and nothing is broken by it */
  warning: { icon: "fail", tone: "warn" },
  /** it does not speak, or does not run */
  down: { icon: "down", tone: "bad" },
  /** what was tried did not work */
  failed: { icon: "down", tone: "bad" },
  unknown: { icon: "todo", tone: "" },
  /** not yet */
  todo: { icon: "todo", tone: "" },
  /** it may work: nobody has tried */
  unproven: { icon: "todo", tone: "warn" },
  starting: { icon: "run", tone: "" },
  /** something happens just now, at its end there is news */
  running: { icon: "run", tone: "" },
  frozen: { icon: "ice", tone: "" },
  silenced: { icon: "mute", tone: "" },
  taken: { icon: "took", tone: "" },
  rings: { icon: "ring", tone: "bad" },
  /** it waits for a person's answer */
  asks: { icon: "ask", tone: "" },
  done: { icon: "done", tone: "good" },
  restarted: { icon: "loop", tone: "warn" },
} as const;

export type StateKind = keyof typeof STATES;

/** A state; the word is the child. `isQuiet`: among many that are alike, only its shape has the colour. */
export function State(props: {
  readonly kind: StateKind;
  readonly isQuiet?: boolean;
  readonly isSmall?: boolean;
  readonly children?: Child;
}) {
  const { children, isQuiet = false, isSmall = false, kind } = props;
  const { icon, tone } = STATES[kind];
  const classes = ["st", isQuiet ? "q" : tone, isSmall ? "small" : ""].filter((name) => name !== "");
  return (
    <span class={classes.join(" ")} data-state={kind}>
      <Icon name={icon} isTurning={kind === "running"} {...(isQuiet && tone !== "" ? { tone } : {})} />
      <span>{children}</span>
    </span>
  );
}
