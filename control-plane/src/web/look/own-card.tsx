// A card by itself: it is made apart from its view, so that one that cannot be made costs itself and the view says so. What hosts send may
// be anything that fits a schema of another day, and the desk must open when things are worst. Pure.
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { HtmlEscapedString } from "hono/utils/html";

/** One card, or one line of a list; `what` names what is missing where it cannot be shown, such as `host_…`. */
export function OwnCard(props: {
  readonly what: string;
  readonly as?: "article" | "li";
  /** a component: what is computed beside it is the view's own, and costs the view */
  readonly children?: Child;
}) {
  const made = madeApart(props.children);
  if (made !== null) return made;
  const text = `${props.what} could not be shown.`;
  return props.as === "li" ? (
    <li class="soft">{text}</li>
  ) : (
    <article class="card">
      <p class="say no">{text}</p>
    </article>
  );
}

// A component is called when it becomes text, and not before. Ours wait for nothing, so what does is no card of ours.
function madeApart(children: Child): HtmlEscapedString | null {
  try {
    const made = html`${children}`;
    return made instanceof Promise ? null : made;
  } catch {
    return null;
  }
}
