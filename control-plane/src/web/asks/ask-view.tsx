// Asking a host for an act: the host where many are concerned, then one form for each of its services, and what came of what was asked. Pure.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Ask } from "../../core/desk/records/ask.ts";
import { type CannotRun, cannotRunText } from "../../core/desk/state/cannot-run.ts";
import type { CatalogueEntry, Liveness } from "../../core/shard/host/shard-state.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { RegisteredHost } from "../../platform/desk/desk-hosts.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { askedPathOf, askPathOf } from "./ask-path.ts";
import { answerWords } from "./ask-words.ts";

type Host = Pick<RegisteredHost, "hostId" | "name">;

const MEANING =
  "Asking runs nothing. The host says exactly what it would run, and that waits for a yes. At most six times an hour.";

/** Which host is asked, where an incident is about many. */
export function ChooseHostView(props: {
  readonly frame: Frame;
  readonly incidentId: string;
  readonly search: string;
  readonly hosts: readonly Host[];
  readonly hasMore: boolean;
}) {
  const { frame, hasMore, hosts, incidentId, search } = props;
  return (
    <Layout title="Ask a host" frame={frame}>
      <h1>Which host is to be asked?</h1>
      <form method="get" action="/ask" role="search">
        <input type="hidden" name="incident" value={incidentId} />
        <label>
          Name of the host{" "}
          <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
        </label>
        <p>
          <button class="btn plain">Find</button>
        </p>
      </form>
      {hosts.length === 0 && <p>No host has that name.</p>}
      <ul class="list">
        {hosts.map(({ hostId, name }) => (
          <li>
            <a href={askPathOf(hostId, { incidentId: incidentId === "" ? null : incidentId })}>
              Ask <Exact text={name} />
            </a>
          </li>
        ))}
      </ul>
      {hasMore && <p class="soft small">There are more: type more of the name.</p>}
    </Layout>
  );
}

interface Chosen {
  readonly incidentId: string;
  readonly service: string | null;
  readonly action: string | null;
  /** what the link proposes as the reason; the person sends it, or another one */
  readonly why: string;
}

export interface AskViewProps {
  readonly frame: Frame;
  readonly host: Host;
  /** null: its shard does not answer, or does not know it yet */
  readonly liveness: Liveness | null;
  readonly cannotRun: CannotRun | null;
  /** what the host's last hello named, each with the token of its form */
  readonly forms: readonly { readonly entry: CatalogueEntry; readonly token: string }[];
  readonly chosen: Chosen;
  readonly hasAsked: boolean;
}

/** What one host may be asked for. */
export function AskView(props: AskViewProps) {
  const { chosen, forms, frame, hasAsked, host } = props;
  const isFirst = ({ entry }: AskViewProps["forms"][number]) => entry.service === chosen.service;
  const inOrder = [...forms.filter(isFirst), ...forms.filter((form) => !isFirst(form))];
  return (
    <Layout title={`Ask ${host.name}`} frame={frame}>
      <h1>
        Ask <Exact text={host.name} /> for …
      </h1>
      <p class="soft">{MEANING}</p>
      <Cannot {...props} />
      {forms.length === 0 && <p>It names no action that could be asked for.</p>}
      {inOrder.map((form) => (
        <OwnCard what={`Service ${form.entry.service}`}>
          <AskForm {...form} host={host} chosen={chosen} />
        </OwnCard>
      ))}
      <p class="links">
        {hasAsked && <a href={askedPathOf(host.hostId)}>What was asked within the hour</a>}
        {hasAsked && " · "}
        {chosen.incidentId === "" ? (
          <a href={`/hosts/${host.hostId}`}>The host</a>
        ) : (
          <a href={`/incidents/${encodeURIComponent(chosen.incidentId)}`}>The incident</a>
        )}
      </p>
    </Layout>
  );
}

function Cannot({ cannotRun, host, liveness }: AskViewProps) {
  const why =
    cannotRun === null ? notUpText(liveness, host) : cannotRunText(cannotRun, { hostName: host.name });
  if (why === null) return null;
  return (
    <p class="say no" role="alert" data-says="cannot-run">
      Nothing can run there now: <Exact text={why} />.
    </p>
  );
}

function notUpText(liveness: Liveness | null, { name }: Host): string | null {
  if (liveness === "up") return null;
  return liveness === null ? `the part that watches ${name} does not answer` : `${name} is ${liveness}`;
}

function AskForm(props: {
  readonly entry: CatalogueEntry;
  readonly token: string;
  readonly host: Host;
  readonly chosen: Chosen;
}) {
  const { chosen, entry, host, token } = props;
  const { actions, service } = entry;
  return (
    <article class="card">
      <h3>{service}</h3>
      <form method="post" action={`/ask/${host.hostId}/${encodeURIComponent(service)}`}>
        <input type="hidden" name="csrf" value={token} />
        <input type="hidden" name="incident" value={chosen.incidentId} />
        <label>
          For{" "}
          <select name="action">
            {actions.map(({ action, level }) => (
              <option value={action} selected={service === chosen.service && action === chosen.action}>
                {action} (level {level} of 5)
              </option>
            ))}
          </select>
        </label>
        <WhyField value={service === chosen.service ? chosen.why : ""} />
        <p>
          <button class="btn plain">
            Ask <Exact text={host.name} />
          </button>
        </p>
      </form>
    </article>
  );
}

/** What came of what a host was asked for within the hour. */
export function AskedView(props: {
  readonly frame: Frame;
  readonly host: Host;
  /** newest first */
  readonly asks: readonly Ask[];
  readonly isWaiting: boolean;
}) {
  const { asks, frame, host, isWaiting } = props;
  return (
    <Layout title={`Asked of ${host.name}`} frame={frame}>
      <h1>
        Asked of <Exact text={host.name} />
      </h1>
      {asks.length === 0 && <p>Nothing within the hour.</p>}
      {asks.map((ask) => (
        <OwnCard what={`Question ${ask.requestId}`}>
          <AskCard ask={ask} now={frame.now} />
        </OwnCard>
      ))}
      <p class="links">
        {isWaiting && <a href={`${askedPathOf(host.hostId)}?still`}>Stop looking for the answer</a>}
        {isWaiting && " · "}
        <a href={askPathOf(host.hostId)}>Ask for something else</a>
      </p>
    </Layout>
  );
}

/** One question and what came of it. */
export function AskCard({ ask, now }: { readonly ask: Ask; readonly now: number }) {
  const { action, answer, askedAt, by, incidentId, subject, why } = ask;
  return (
    <article class="card">
      <h3>
        {action} {subject.service}
      </h3>
      <p>
        <Exact text={answerWords(ask)} />
      </p>
      {answer?.kind === "proposed" && (
        <p>
          <a class="btn" href={`/approvals/${answer.approvalId}`}>
            Answer: {action} {subject.service}?
          </a>
        </p>
      )}
      <p class="soft small">
        Asked by <Exact text={actorNameOf(by)} /> <Age at={askedAt} now={now} />: <Exact text={why} /> ·{" "}
        <a href={`/incidents/${incidentId}`}>The incident</a>
      </p>
    </article>
  );
}
