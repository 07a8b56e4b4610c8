// Instants in a view: how long ago comes first, the instant itself stands in `<time>`, by the clock of the reader's own
// place, which Layout hands down. Pure.
import { createContext, useContext } from "hono/jsx";
import { clockIn, instantIn, relativeOf, UTC } from "./place-time.ts";

/** The reader's time zone, for all that stands within a Layout. */
export const ReaderZone = createContext<string>(UTC);

/** `31 s ago`, `in 4 min`; the instant in full for those who ask. */
export function Age({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time datetime={stampOf(at)} title={instantIn(at, useContext(ReaderZone))}>
      {relativeOf(at, now)}
    </time>
  );
}

/** `03:11:31`, with its date on another day. */
export function Clock({ at, now }: { readonly at: number; readonly now: number }) {
  const zone = useContext(ReaderZone);
  return (
    <time datetime={stampOf(at)} title={instantIn(at, zone)}>
      {clockIn(at, now, zone)}
    </time>
  );
}

/** `3 h ago, Sat 28 Nov 2026, 00:12:02 Berlin`, where both are wanted. */
export function AgeAndClock({ at, now }: { readonly at: number; readonly now: number }) {
  const instant = instantIn(at, useContext(ReaderZone));
  return (
    <>
      <time datetime={stampOf(at)}>{relativeOf(at, now)}</time>
      <span class="soft small">, {instant}</span>
    </>
  );
}

function stampOf(at: number): string {
  return new Date(at).toISOString();
}
