// Takes apart what one `systemctl show` prints of several units. Pure.
// What a reader would get wrong: the sections come in the order of the names that were asked for, and a section's Id is not that name where
// it is an alias. Where the count does not fit, only those are taken whose Id is the name: what is not known is said to be so.

/** The printed section of each unit, by the name that was asked for; one that is absent was not shown. */
export function sectionsOf(printed: string, units: readonly string[]): ReadonlyMap<string, string> {
  const sections = printed
    .split(/\n\s*\n/)
    .map((section) => section.trim())
    .filter((section) => section !== "");
  if (sections.length === units.length)
    return new Map(units.map((unit, index) => [unit, sections[index] ?? ""]));
  const byId = new Map(sections.map((section) => [/^Id=(.*)$/m.exec(section)?.[1] ?? "", section]));
  return new Map(
    units.flatMap((unit) => {
      const section = byId.get(unit);
      return section === undefined ? [] : [[unit, section] as const];
    }),
  );
}

/** A template without its instance cannot be shown, and would spoil the answer about all others. */
export function isShowable(unit: string): boolean {
  return !/@\.[a-z]+$/.test(unit);
}
