// One card of an incident's view: a heading and what belongs to it. Pure.
import type { Child } from "hono/jsx";

/** `tone`: no for what is broken, wt for what wants a look, ok for what is well again; absent: none of them. */
export function Card(props: {
  readonly id: string;
  readonly heading: Child;
  readonly tone?: "no" | "wt" | "ok";
  readonly says?: string;
  readonly children?: Child;
}) {
  const { children, heading, id, says, tone } = props;
  return (
    <section class={tone === undefined ? "card" : `card ${tone}`} aria-labelledby={id} data-says={says}>
      <h2 id={id}>{heading}</h2>
      {children}
    </section>
  );
}
