// The JSON of a request as fakes of providers read it.

/** A text's JSON; null: it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
