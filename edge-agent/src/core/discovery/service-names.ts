// Names of services in a catalogue, made from names of units and containers: always of the shape that a catalogue wants, never twice. Pure.

const NAME_CHARS_MAX = 64;
/** Room for `-bob` or a number behind a name that is taken. */
const STEM_CHARS_MAX = 48;

/** The name that stands for a unit or container by itself. */
export function stemOf(name: string): string {
  return trimmed(
    name
      .replace(/\.[a-z]+$/, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-"),
    STEM_CHARS_MAX,
  );
}

/** A name that none of `taken` is: its own, with its owner's, or with the first number that is free. */
export function freeName(name: string, owner: string | null, taken: ReadonlySet<string>): string {
  const stem = stemOf(name);
  const owned = owner === null ? stem : trimmed(`${stem}-${stemOf(owner)}`, NAME_CHARS_MAX);
  for (const candidate of [stem, owned]) if (!taken.has(candidate)) return candidate;
  for (let count = 2; ; count += 1) {
    const numbered = `${owned.slice(0, STEM_CHARS_MAX).replace(/-+$/, "")}-${count}`;
    if (!taken.has(numbered)) return numbered;
  }
}

function trimmed(name: string, charsMax: number): string {
  const cut = name.replace(/^-+/, "").slice(0, charsMax).replace(/-+$/, "");
  return cut === "" ? "service" : cut;
}
