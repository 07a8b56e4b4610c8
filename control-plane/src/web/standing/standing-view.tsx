// Yes in advance (in code: standing approvals): those that hold, what was used of each, and those that are over with why. Pure.
import type { People } from "../brakes/who.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { May } from "../look/may.tsx";
import { OwnCard } from "../look/own-card.tsx";
import {
  isUsedUp,
  OverCard,
  type OverStanding,
  type ShownStanding,
  StandingCard,
} from "./standing-cards.tsx";
import { Meaning } from "./standing-meaning.tsx";

export interface StandingViewProps {
  readonly frame: Frame;
  readonly people: People;
  readonly all: readonly ShownStanding[];
  /** those that are over, as long as the desk keeps them, the newest first */
  readonly over: readonly OverStanding[];
}

/** All that are given, the newest first and those that are used up last, and the way to take each back. */
export function StandingView(props: StandingViewProps) {
  const { frame, over, people } = props;
  const { now, timeZone } = frame;
  const all = props.all.toSorted(
    (left, right) =>
      Number(isUsedUp(left.standing)) - Number(isUsedUp(right.standing)) ||
      right.standing.givenAt - left.standing.givenAt,
  );
  const count = all.filter(({ standing }) => !isUsedUp(standing)).length;
  return (
    <Layout title="Yes in advance" frame={frame} path="/standing">
      <h1>{titleOf(count)}</h1>
      {all.length === 0 && (
        <p class="lead">
          When you know that you would say yes to the same restart tonight, say it now, for so many times and
          so long.
        </p>
      )}
      {all.map((each) => (
        <OwnCard what={`Yes in advance ${each.standing.standingId}`}>
          <StandingCard {...each} {...{ now, people, timeZone }} />
        </OwnCard>
      ))}
      <May needs="approve">
        <p>
          <a class="btn plain" href="/standing/new">
            Say yes in advance …
          </a>
        </p>
      </May>
      <Meaning />
      {over.length > 0 && <h2>Over</h2>}
      {over.map((each) => (
        <OwnCard what={`Yes in advance ${each.standing.standingId}`}>
          <OverCard over={each} {...{ now, people, timeZone }} />
        </OwnCard>
      ))}
    </Layout>
  );
}

function titleOf(count: number): string {
  if (count === 0) return "Nothing runs by a yes in advance";
  return count === 1
    ? "1 action may run by a yes in advance"
    : `${count} actions may run by a yes in advance`;
}
