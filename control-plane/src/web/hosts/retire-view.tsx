// Retiring a host for good, and setting one aside that is away with many others: what each means, and the form with its
// reason. Pure.
import type { Child } from "hono/jsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { OnlyWho } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { retirePathOf, setAsidePathOf } from "./host-facts.tsx";

interface AskedOfHost {
  readonly frame: Frame;
  readonly host: { readonly hostId: string; readonly name: string };
  readonly token: string;
  /** who may, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** Asks whether a host is to be retired. */
export function RetireView(props: AskedOfHost & { readonly openCount: number }) {
  const { host, openCount } = props;
  return (
    <Asked
      {...props}
      verb="Retire"
      to="retire it"
      action={retirePathOf(host.hostId)}
      consequence="it is watched no more"
    >
      <li>Nobody is paged for it again, whatever becomes of it.</li>
      <li>Its key is refused for good. To bring it back, it is enrolled again with a new one.</li>
      <li>{openText(openCount)}</li>
      <li>
        Nothing is removed there: <code>countersign-agent uninstall</code> on the host does that.
      </li>
    </Asked>
  );
}

/** Asks whether a host of a silent fleet is to be set aside. */
export function SetAsideView(props: AskedOfHost) {
  return (
    <Asked
      {...props}
      verb="Set aside"
      to="set it aside"
      action={setAsidePathOf(props.host.hostId)}
      consequence="its silence becomes an incident of its own"
    >
      <li>The fleet's incident waits for it no longer.</li>
      <li>Do it when you look after this host apart from the others. Nothing is silenced by it.</li>
    </Asked>
  );
}

function Asked(
  props: AskedOfHost & {
    readonly verb: string;
    readonly action: string;
    readonly consequence: string;
    /** what it is, behind *may* */
    readonly to: string;
    readonly children?: Child;
  },
) {
  const { action, children, consequence, frame, host, to, token, verb } = props;
  return (
    <Layout title={`${verb} ${host.name}`} frame={frame}>
      <h1>
        {verb} <Exact text={host.name} />?
      </h1>
      <section class="card narrow">
        <ul class="list small">{children}</ul>
        <OnlyWho whoMay={props.whoMay ?? null} to={to}>
          <form method="post" action={action}>
            <input type="hidden" name="csrf" value={token} />
            <WhyField />
            <button class="btn full">
              <span>
                {verb} <Exact text={host.name} />
              </span>
              <small>{consequence}</small>
            </button>
          </form>
        </OnlyWho>
      </section>
      <p class="links">
        <a href={`/hosts/${host.hostId}`}>No, back to the host</a>
      </p>
    </Layout>
  );
}

function openText(count: number): string {
  if (count === 0) return "Nothing is open about it.";
  return count === 1 ? "The open incident about it ends." : `The ${count} open incidents about it end.`;
}
