// Instants as the clock of a place says them: one format of the runtime for each place, made once. Pure: making one
// costs more than a page, and a fleet's people live in few places.

/** Gives the format with these parts for a place; its name must be one of the IANA database. */
export function formatsOf(parts: Intl.DateTimeFormatOptions): (timeZone: string) => Intl.DateTimeFormat {
  const known = new Map<string, Intl.DateTimeFormat>();
  return (timeZone) => {
    const format = known.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", { ...parts, timeZone });
    known.set(timeZone, format);
    return format;
  };
}

/** Time of day, from 00:00:00. */
export const TIME_OF_DAY: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
