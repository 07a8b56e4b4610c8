// Why nothing can run somewhere just now, as a line for people. Pure. It ends nothing: it may run in a minute, so that
// nothing is taken away.
import type { CannotRun } from "../../core/desk/state/cannot-run.ts";
import { type Actor, actorNameOf } from "../../core/words/actor.ts";
import { nameOf } from "../../core/words/subject.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";

/** Why: what the desk knows comes before what only the host's shard does. */
export type Hindrance =
  | CannotRun
  /** as its shard has just said */
  | { readonly reason: "host-not-up"; readonly liveness: "late" | "down" | "unknown" }
  /** it connects, and nothing that it says is understood */
  | { readonly reason: "host-unheard" }
  | { readonly reason: "shard-silent" | "host-gone" | "finding-unreadable" };

/** One line; the host's name stands in it where it is about the host. */
export function HindranceLine(props: {
  readonly hindrance: Hindrance;
  readonly hostName: string;
  readonly now: number;
  /** how people are called; absent: by their ids */
  readonly whoOf?: (actor: Actor) => string;
}) {
  const { hindrance, hostName, now, whoOf = actorNameOf } = props;
  const host = <Exact text={hostName} />;
  switch (hindrance.reason) {
    case "frozen": {
      const { by, scope } = hindrance.freeze;
      return (
        <>
          Automation on <Exact text={nameOf(scope)} /> is frozen by <Exact text={whoOf(by)} />.{" "}
          <a href="/brake">Freezes</a>
        </>
      );
    }
    case "host-down":
      return (
        <>
          {host} is down, for {spanOf(now - hindrance.sinceAt)} so far.
        </>
      );
    case "budget-used-up":
      return (
        <>
          All {hindrance.max} restarts allowed within {spanOf(hindrance.windowMs)} are used: {host} will
          refuse.
        </>
      );
    case "host-not-up":
      return (
        <>
          {host} {NOT_UP[hindrance.liveness]}.
        </>
      );
    case "host-unheard":
      return <>{host} speaks, and nothing that it says is understood.</>;
    case "shard-silent":
      return <>The part that watches {host} does not answer.</>;
    case "host-gone":
      return <>{host} was retired, and is watched no more.</>;
    case "finding-unreadable":
      return <>What this is for cannot be read any more. Look at the host itself.</>;
  }
}

const NOT_UP = {
  late: "is late: no word came from it for some seconds",
  down: "is down",
  unknown: "was not heard since we last looked",
} as const;
