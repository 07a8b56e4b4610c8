// What its checks did, cut to the room that a socket's attachment has left. Pure. What falls away is shown as less well
// known: a check without its answer times has no picture, and one that is not there at all is known since the next report.
import {
  entriesOf,
  type Named,
  namedFrom,
  namesOf,
  NONE_NAMED,
  withNamed,
} from "@countersign/shared/values/named";
import type { CheckPast, PastOfCheck } from "../host/shard-state.ts";

/** Of one check beside its names and answer times: its kind, status and instant, and what JSON puts around them. */
const CHECK_BYTES_MAX = 100;
const REST_BYTES_MAX = 120;

/** As much of it as fits, since when before how fast; null: there is no room at all. */
export function pastWithin(past: CheckPast, bytesMax: number): CheckPast | null {
  let left = bytesMax - REST_BYTES_MAX;
  if (left < 0) return null;
  let services: Named<Named<PastOfCheck>> = NONE_NAMED;
  const timed: { service: string; check: string; of: PastOfCheck }[] = [];
  for (const [service, checks] of entriesOf(past.services)) {
    left -= service.length + 10;
    const kept = entriesOf(checks).flatMap(([check, of]): readonly (readonly [string, PastOfCheck])[] => {
      left -= check.length + CHECK_BYTES_MAX;
      if (left < 0) return [];
      if (of.answers !== undefined) timed.push({ service, check, of });
      const { answers: _answers, ...rest } = of;
      return [[check, rest]];
    });
    if (kept.length > 0) services = withNamed(services, service, namedFrom(kept));
  }
  return { ...past, services: withTimes(services, timed, left) };
}

function withTimes(
  services: Named<Named<PastOfCheck>>,
  timed: readonly { readonly service: string; readonly check: string; readonly of: PastOfCheck }[],
  room: number,
): Named<Named<PastOfCheck>> {
  let left = room;
  const fitting = timed.filter(({ of: { answers = "" } }) => {
    left -= answers.length + 13;
    return left >= 0;
  });
  return namedFrom(
    entriesOf(services).map(([service, checks]) => {
      const own = fitting.filter((each) => each.service === service);
      const entries = namesOf(checks).length === 0 ? [] : own.map(({ check, of }) => [check, of] as const);
      return [service, namedFrom([...entriesOf(checks), ...entries])] as const;
    }),
  );
}
