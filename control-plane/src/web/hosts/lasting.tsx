// How long something is so, with the instant for those who ask. Pure.
import { useContext } from "hono/jsx";
import type { Since } from "../../core/shard/host/check-past.ts";
import { instantIn, spanOf } from "../look/place-time.ts";
import { ReaderZone } from "../look/time.tsx";

/** `for 11 days`; where it was not seen to turn `for 11 days or longer`. */
export function Lasting({ now, since }: { readonly since: Since; readonly now: number }) {
  const at = Math.min(since.at, now);
  return (
    <span class="soft nb">
      for{" "}
      <time datetime={new Date(at).toISOString()} title={`since ${instantIn(at, useContext(ReaderZone))}`}>
        {spanOf(now - at)}
      </time>
      {since.isAtLeast ? " or longer" : ""}
    </span>
  );
}
