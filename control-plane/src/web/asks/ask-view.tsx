// Asking a host for an act: the host where many are concerned, then one form for each of its services, and what came of what was asked. Pure.
// What a reader would get wrong: asking runs nothing. It makes a question, and that waits for somebody's yes.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Ask } from "../../core/desk/records/ask.ts";
import type { CannotRun } from "../../core/desk/state/cannot-run.ts";
import type { CatalogueEntry, Liveness } from "../../core/shard/host/shard-state.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { RegisteredHost } from "../../platform/desk/desk-hosts.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { askedPathOf, askPathOf } from "./ask-path.ts";
import { askStatusOf } from "./ask-words.ts";
import { type Hindrance, HindranceLine } from "./cannot-run-line.tsx";

type Host = Pick<RegisteredHost, "hostId" | "name">;

/** How often what was asked is looked at again, while the host has not answered. */
const AGAIN_SECONDS = 1;

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
    <Layout title="Which host is to be asked?" frame={frame}>
      <h1>Which host is to be asked?</h1>
      <section class="card" aria-label="Find a host">
        <form method="get" action="/ask" role="search">
          <input type="hidden" name="incident" value={incidentId} />
          <label>
            Name of the host{" "}
            <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
          </label>
          <button class="btn plain">Find</button>
        </form>
      </section>
      <section class="card" aria-label="Hosts">
        {hosts.length === 0 && <p>No host has a name like that.</p>}
        <ul class="list">
          {hosts.map(({ hostId, name }) => (
            <li>
              <a class="tap" href={askPathOf(hostId, { incidentId: incidentId === "" ? null : incidentId })}>
                <span>
                  Ask <Exact text={name} />
                </span>
              </a>
            </li>
          ))}
        </ul>
        {hasMore && <p class="soft small">There are more: type more of the name.</p>}
      </section>
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
  const mayAsk = frame.roles.includes("answer");
  const isFirst = ({ entry }: AskViewProps["forms"][number]) => entry.service === chosen.service;
  const inOrder = [...forms.filter(isFirst), ...forms.filter((form) => !isFirst(form))];
  return (
    <Layout title={`Ask ${host.name} for …`} frame={frame}>
      <div>
        <h1>
          Ask <Exact text={host.name} /> for …
        </h1>
        <p class="lead">
          Asking runs nothing: the host says exactly what it would run, and that waits for a yes.
        </p>
      </div>
      <Cannot {...props} />
      {forms.length === 0 && (
        <section class="card" aria-label="Nothing to ask for">
          <p>Its list names no action that could be asked for.</p>
        </section>
      )}
      {!mayAsk && (
        <section class="card" aria-label="Who may ask">
          <p>The rules of this fleet do not let you ask a host for anything. Who may stands under People.</p>
        </section>
      )}
      {(mayAsk ? inOrder : []).map((form) => (
        <OwnCard what={`Service ${form.entry.service}`}>
          <AskForm {...form} host={host} chosen={chosen} />
        </OwnCard>
      ))}
      <p class="links">
        {hasAsked && <a href={askedPathOf(host.hostId)}>Asked within the hour</a>}
        {chosen.incidentId === "" ? (
          <a href={`/hosts/${host.hostId}`}>
            <Exact text={host.name} />
          </a>
        ) : (
          <a href={`/incidents/${encodeURIComponent(chosen.incidentId)}`}>The incident</a>
        )}
      </p>
    </Layout>
  );
}

function Cannot({ cannotRun, frame, host, liveness }: AskViewProps) {
  const hindrance = hindranceOf(cannotRun, liveness);
  if (hindrance === null) return null;
  return (
    <section class="card no" role="alert" data-says="cannot-run">
      <p>
        <b class="bad">Nothing can run there now.</b>{" "}
        <HindranceLine hindrance={hindrance} hostName={host.name} now={frame.now} />
      </p>
    </section>
  );
}

function hindranceOf(cannotRun: CannotRun | null, liveness: Liveness | null): Hindrance | null {
  if (cannotRun !== null) return cannotRun;
  if (liveness === null) return { reason: "shard-silent" };
  return liveness === "up" ? null : { reason: "host-not-up", liveness };
}

function AskForm(props: {
  readonly entry: CatalogueEntry;
  readonly token: string;
  readonly host: Host;
  readonly chosen: Chosen;
}) {
  const { chosen, entry, host, token } = props;
  const { actions, service, title } = entry;
  const isChosen = service === chosen.service;
  return (
    <section class="card" aria-label={`Ask for ${service}`}>
      <h2>
        {title === service ? (
          service
        ) : (
          <>
            <Exact text={title} /> <span class="soft small">{service}</span>
          </>
        )}
      </h2>
      <form method="post" action={`/ask/${host.hostId}/${encodeURIComponent(service)}`}>
        <input type="hidden" name="csrf" value={token} />
        <input type="hidden" name="incident" value={chosen.incidentId} />
        <label>
          For{" "}
          <select name="action">
            {actions.map(({ action, level }) => (
              <option value={action} selected={isChosen && action === chosen.action}>
                {action} (level {level} of 5)
              </option>
            ))}
          </select>
        </label>
        <WhyField value={isChosen ? chosen.why : ""} />
        <button class={isChosen ? "btn" : "btn plain"}>
          <span>
            Ask <Exact text={host.name} />
          </span>
          <small>nothing runs by asking</small>
        </button>
      </form>
      <p class="small soft">At most six times an hour, by you and for this service.</p>
    </section>
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
  const title = isWaiting ? `Asking ${host.name}` : `Asked of ${host.name}`;
  return (
    <Layout title={title} frame={frame} moves={isWaiting ? AGAIN_SECONDS : null}>
      <h1>
        {isWaiting ? "Asking" : "Asked of"} <Exact text={host.name} />
      </h1>
      {asks.length === 0 && (
        <section class="card" aria-label="Nothing was asked">
          <p>Nothing within the hour.</p>
        </section>
      )}
      {asks.map((ask, index) => (
        <OwnCard what={`Question ${ask.requestId}`}>
          <AskCard ask={ask} now={frame.now} isFirst={index === 0} />
        </OwnCard>
      ))}
      <p class="links">
        <a href={askPathOf(host.hostId)}>Ask for something else</a>
        <a href={`/hosts/${host.hostId}`}>
          <Exact text={host.name} />
        </a>
      </p>
    </Layout>
  );
}

/** One question and what came of it; `isFirst`: its answer is the view's one filled button. */
export function AskCard(props: { readonly ask: Ask; readonly now: number; readonly isFirst?: boolean }) {
  const { ask, isFirst = false, now } = props;
  const { action, answer, askedAt, by, incidentId, subject, why } = ask;
  const { kind, label, sentence } = askStatusOf(ask, now);
  return (
    <article class={kind === "failed" ? "card no" : "card"}>
      <p class="row">
        <b>
          {action} {subject.service}
        </b>
        <State kind={kind} isSmall>
          {label}
        </State>
      </p>
      <p>
        <Exact text={sentence} />
      </p>
      {answer?.kind === "proposed" && (
        <a class={isFirst ? "btn" : "btn plain"} href={`/approvals/${answer.approvalId}`}>
          {`Answer: ${action} ${subject.service}?`}
        </a>
      )}
      <p class="soft small">
        Asked by <Exact text={actorNameOf(by)} /> <Age at={askedAt} now={now} />: <Exact text={why} /> ·{" "}
        <a href={`/incidents/${incidentId}`}>The incident</a>
      </p>
    </article>
  );
}
