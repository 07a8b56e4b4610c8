// Looks exactly at several units of the machine's own systemd by one `systemctl show`. Never throws: a unit that could not be seen is absent
// from the answer. Not pure.
// What a reader would get wrong: where the one answer about all fails, each is asked about alone for a minute, so that one name that systemd
// cannot bear costs no other unit its state.
import { showArgvOf } from "../actuator/observe-unit.ts";
import { parseUnitShow, type SeenUnit, startersToAsk, withStarters } from "../core/evidence/unit-state.ts";
import { isShowable, sectionsOf } from "../core/watching/shown-units.ts";

export type ShowUnits = (units: readonly string[]) => Promise<ReadonlyMap<string, SeenUnit>>;
/** What a run of systemctl prints; null: it could not say. */
export type Show = (argv: readonly [string, ...string[]]) => Promise<string | null>;

const ALONE_MS = 60_000;
const STARTER_PROPERTIES = "Id,ActiveState";

/** Makes a look at units, the fewer processes the better. */
export function createShowUnits(show: Show, now: () => number = () => performance.now()): ShowUnits {
  let aloneUntil = Number.NEGATIVE_INFINITY;

  const sectionsNow = async (units: readonly string[], properties?: string) => {
    const alone =
      now() < aloneUntil || units.length === 1 ? units : units.filter((unit) => !isShowable(unit));
    const together = units.filter((unit) => !alone.includes(unit));
    const shown = together.length === 0 ? "" : await show(showArgvOf(together, properties));
    if (shown === null) aloneUntil = now() + ALONE_MS;
    const single = await Promise.all(
      (shown === null ? units : alone).map(
        async (unit) => [unit, await show(showArgvOf([unit], properties))] as const,
      ),
    );
    const singly = single.flatMap(([unit, text]) => (text === null ? [] : [[unit, text] as const]));
    return new Map([...sectionsOf(shown ?? "", together), ...singly]);
  };

  return async (units) => {
    if (units.length === 0) return new Map();
    const sections = await sectionsNow(units);
    const seen = new Map([...sections].map(([unit, text]) => [unit, parseUnitShow(text, unit)]));
    const starters = [...new Set([...seen.values()].flatMap(startersToAsk))];
    if (starters.length === 0) return seen;
    const states = await sectionsNow(starters, STARTER_PROPERTIES);
    return new Map([...seen].map(([unit, look]) => [unit, withStartersOf(look, states)]));
  };
}

/** One that could not be asked about is taken as active: a unit is not called forgotten for what nobody saw. */
function withStartersOf(seen: SeenUnit, states: ReadonlyMap<string, string>): SeenUnit {
  const asked = startersToAsk(seen);
  if (asked.length === 0 || asked.some((starter) => !states.has(starter))) return seen;
  return withStarters(seen, asked.map((starter) => states.get(starter)).join("\n\n"));
}
