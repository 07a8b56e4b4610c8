// A note to an incident, on a view of its own: what somebody has begun to write is not fetched away from under them. Pure.
import { NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Incident } from "../../core/desk/records/incident.ts";
import { LINES_FIELD } from "../frame/fields.ts";
import { type Frame, Layout } from "../frame/layout.tsx";
import { OnlyWho } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";

export function NoteView(props: {
  readonly frame: Frame;
  readonly incident: Incident;
  readonly token: string;
  /** it is long over: the desk does not hold it any more, and its record is closed */
  readonly isClosed: boolean;
  /** who may write one, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}) {
  const { frame, incident, isClosed, token } = props;
  const path = `/incidents/${incident.incidentId}`;
  return (
    <Layout title="Add a note" frame={frame} path="/incidents">
      <div class="narrow">
        <h1>Add a note</h1>
        <p class="lead">
          To{" "}
          <a href={path}>
            <Exact text={incident.title} />
          </a>
          . It stands in the timeline and in the draft of a post-mortem, with your name. It stops no page.
        </p>
        {isClosed ? (
          <p class="say" data-says="closed">
            It has been over for more than an hour, and its record is closed. Write on in the post-mortem.
          </p>
        ) : (
          <OnlyWho whoMay={props.whoMay ?? null} to="write one">
            <form method="post" action={`${path}/note`}>
              <input type="hidden" name="csrf" value={token} />
              <label>
                What you saw or did
                <textarea name={LINES_FIELD} rows={6} required maxlength={NOTE_CHARS_MAX}></textarea>
              </label>
              <button class="btn">Add the note</button>
            </form>
          </OnlyWho>
        )}
      </div>
    </Layout>
  );
}
