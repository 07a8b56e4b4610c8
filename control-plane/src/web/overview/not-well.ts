// A fleet in which something is not well though no incident is open: how many, and why nobody is paged, as far as that is
// known here. Pure.
// What a reader would get wrong: no open incident is no good news by itself; it may be that no rule is there that would say
// so.
import { type HostList, listedStateOf } from "../../read-side/listed-host.ts";
import type { HostMarks } from "../hosts/host-marks.ts";
import { isSilenced } from "../hosts/host-tile.tsx";

export interface NotWell {
  /** down, failing, or not known */
  readonly count: number;
  /** down or failing: known to be ill */
  readonly illCount: number;
  readonly enrolledCount: number;
  /** of those that are listed: a silence lies over all that is ill of them */
  readonly silencedCount: number;
}

/** null: all are known to be well, or how they are cannot be read. */
export function notWellOf(list: HostList, marks: HostMarks, now: number): NotWell | null {
  const { counts, enrolledCount, hosts } = list;
  if (counts === null || counts.well >= enrolledCount) return null;
  const illCount = counts.down + counts.failing;
  const silenced = hosts.filter(
    (host) => listedStateOf(host) === "failing" && isSilenced(host, marks, now),
  ).length;
  return { count: enrolledCount - counts.well, illCount, enrolledCount, silencedCount: silenced };
}

/** `15 of 1000 hosts are not well, and nobody is paged for them` */
export function notWellTitle({ count, enrolledCount, illCount }: NotWell): string {
  const many = `${count} of ${enrolledCount} ${enrolledCount === 1 ? "host" : "hosts"}`;
  const [are, them] = count === 1 ? ["is", "it"] : ["are", "them"];
  return `${many} ${are} ${illCount > 0 ? "not well" : "not known to be well"}, and nobody is paged for ${them}`;
}

/** Why not: each host once. */
export function notWellReasons({ count, silencedCount }: NotWell): string {
  const rest = count - silencedCount;
  const said = [
    ...(silencedCount > 0 ? [silencedCount === 1 ? "1 is silenced." : `${silencedCount} are silenced.`] : []),
    ...(rest > 0
      ? [
          `No rule that pages fires for ${silencedCount > 0 ? (rest === 1 ? "the other" : `the other ${rest}`) : count === 1 ? "it" : "them"}: it is turned off, in shadow, or what it waits for has not lasted.`,
        ]
      : []),
  ];
  return said.join(" ");
}
