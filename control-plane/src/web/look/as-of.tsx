// What is said above a list of D1 that is behind, or cannot be read. Pure.
import { isFresh } from "../../read-side/listed-host.ts";
import { Age } from "./time.tsx";

/** Says of a list that it is old, since when, or that it cannot be read; nothing of one that is not. */
export function AsOf(props: { readonly asOf: number | null; readonly now: number; readonly what: string }) {
  const { asOf, now, what } = props;
  if (asOf === null)
    return (
      <p class="say no" role="alert" data-says="unread">
        The {what} cannot be read just now. What is open, and everything that can be done, stands all the
        same.
      </p>
    );
  if (isFresh(asOf, now)) return null;
  return (
    <p class="say" role="status" data-says="old">
      The {what} is as of <Age at={asOf} now={now} />: what changed since is not in it yet.
    </p>
  );
}
