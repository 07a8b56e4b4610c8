// Small pieces that several views share: instants, exact texts, badges with a shape, lists of evidence. Pure.
import type { Child } from "hono/jsx";
import { exactSegmentsOf } from "../../core/words/exact-text.ts";
import type { Evidence } from "../../core/words/signal.ts";
import { repeatsOf, type RepeatedEvidence } from "./repeats.ts";
import { formatInstant, formatRelative } from "./when.ts";

/** `2026-11-22 02:36:32 UTC (5m ago)` */
export function When({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time datetime={new Date(at).toISOString()}>
      {formatInstant(at)} <span class="age">({formatRelative(at, now)})</span>
    </time>
  );
}

/** `5m ago`, with the instant in full for those who ask. */
export function Age({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time class="age" datetime={new Date(at).toISOString()} title={formatInstant(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

/** A text from a host, isolated from its surroundings, with every invisible character written out. */
export function Exact({ text }: { readonly text: string }) {
  return (
    <bdi class="exact">
      {exactSegmentsOf(text).map((segment) =>
        segment.isEscaped ? <mark>{segment.text}</mark> : segment.text,
      )}
    </bdi>
  );
}

/** Shapes that tell states apart without colour. */
const SHAPES = {
  full: <circle cx="8" cy="8" r="7" />,
  half: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
      <path d="M8 2a6 6 0 0 1 0 12z" />
    </>
  ),
  cross: <path d="M3 1 8 6l5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z" />,
  ring: (
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.3" />
  ),
  triangle: <path d="M8 1l8 14H0z" />,
  check: <path d="M6.5 14 0 7.8l2-2.1 4.3 4.1L13.8 2 16 4z" />,
} as const;
export type Shape = keyof typeof SHAPES;

/** A state: its shape and its word. */
export function Badge(props: { readonly shape: Shape; readonly isBad?: boolean; readonly children?: Child }) {
  return (
    <span class={props.isBad === true ? "badge bad" : "badge"}>
      <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        {SHAPES[props.shape]}
      </svg>
      {props.children}
    </span>
  );
}

/** Evidence over time, newest first; what was said again in the same words is told once, with its count. */
export function EvidenceList(props: {
  readonly evidence: readonly Evidence[];
  readonly now: number;
  readonly countMax: number;
}) {
  const newestFirst = repeatsOf(props.evidence);
  const hiddenCount = newestFirst.length - props.countMax;
  if (newestFirst.length === 0) return <p class="soft">No evidence was sent.</p>;
  return (
    <>
      <ul class="list">
        {newestFirst.slice(0, props.countMax).map((line) => (
          <EvidenceLine line={line} now={props.now} />
        ))}
      </ul>
      {hiddenCount > 0 && <p class="soft small">{hiddenCount} older ones stand with the incident.</p>}
    </>
  );
}

function EvidenceLine({ line, now }: { readonly line: RepeatedEvidence; readonly now: number }) {
  const { count, firstAt, lastAt, text } = line;
  return (
    <li>
      <Exact text={text} />
      <br />
      <When at={lastAt} now={now} />
      {count > 1 && (
        <span class="soft small">
          , {count} times since <When at={firstAt} now={now} />
        </span>
      )}
    </li>
  );
}

/** The first and last digits of a SHA-256; the whole is in the title. */
export function ShortHash({ hash }: { readonly hash: string }) {
  return (
    <span class="mono" title={hash}>
      {hash.slice(0, 12)}…{hash.slice(-4)}
    </span>
  );
}
