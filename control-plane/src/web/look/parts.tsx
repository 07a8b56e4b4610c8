// Small pieces that several views share: exact texts, lists of evidence, short hashes. Pure.
import type { Child } from "hono/jsx";
import { exactSegmentsOf } from "../../core/words/exact-text.ts";
import type { Evidence } from "../../core/words/signal.ts";
import { repeatsOf, type RepeatedEvidence } from "./repeats.ts";
import { Age } from "./time.tsx";

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

/** A name with hyphens breaks nowhere, as long as it fits a phone. */
const UNBROKEN_CHARS_MAX = 18;

/** A title or a heading: as exact, and what has hyphens (mostly the name of a host) is not torn apart. */
export function Title({ text }: { readonly text: string }) {
  return (
    <bdi class="exact">
      {exactSegmentsOf(text).map((segment) =>
        segment.isEscaped ? <mark>{segment.text}</mark> : wordsOf(segment.text),
      )}
    </bdi>
  );
}

function wordsOf(text: string): readonly Child[] {
  return text
    .split(/(\S*-\S*)/)
    .map((part) =>
      part.includes("-") && part.length <= UNBROKEN_CHARS_MAX ? <span class="nb">{part}</span> : part,
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
      <Age at={lastAt} now={now} />
      {count > 1 && (
        <span class="soft small">
          , {count} times since <Age at={firstAt} now={now} />
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
