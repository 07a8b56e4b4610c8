// Adding a host: a form that makes an enrolment token, and the one command that uses it, shown once. Pure.
import type { Child } from "hono/jsx";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { Layout, type Frame } from "../frame/layout.tsx";
import { May, OnlyWho } from "../look/may.tsx";
import { Age } from "../look/time.tsx";
import { Fingerprint } from "../passkeys/fingerprint.tsx";

/** The form; opening it makes nothing. */
export function NewHostView(props: {
  readonly frame: Frame;
  readonly csrfToken: string;
  /** null: nobody may approve yet */
  readonly trust: KnownTrust | null;
  /** who may, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}) {
  const { csrfToken, frame, trust } = props;
  return (
    <Layout title="Add host" frame={frame} path="/hosts/new">
      <div>
        <h1>Add a host</h1>
        <p class="lead">Two steps on the host, as root; then it is watched from here.</p>
      </div>
      {trust === null && (
        <section class="card wt" data-says="nobody-yet">
          <p>
            <b>A passkey comes first.</b> A host that comes before anybody may approve restarts nothing, until
            its root accepts the list by hand.{" "}
            <May needs="approve">
              <a href="/passkey">Create your passkey</a>
            </May>
          </p>
        </section>
      )}
      <ol class="steps card" aria-label="Steps">
        <li>
          <b>1</b>
          <div>
            <h2>Put the agent there</h2>
            <p>
              Build it where this repository is (<code>npm run build:agent</code>), copy it to the host and
              run its <code>install</code>. It shows what it would do before it does it.{" "}
              <code>docs/host-install.md</code> has each line, and what to write into the catalogue, the list
              of what is watched and may run.
            </p>
          </div>
        </li>
        <li>
          <b>2</b>
          <div>
            <h2>Let it in</h2>
            <p>
              A token lets one host in, once, within 15 minutes. The host makes its own key; the token tells
              it which key of this desk to believe.
            </p>
            <OnlyWho whoMay={props.whoMay ?? null} to="let a host in">
              <Form csrfToken={csrfToken}>Make an enrolment token</Form>
            </OnlyWho>
          </div>
        </li>
      </ol>
    </Layout>
  );
}

/** The answer to the form. */
export function HostCommandView(props: {
  readonly frame: Frame;
  readonly url: string;
  readonly token: string;
  readonly expiresAt: number;
  readonly trust: KnownTrust | null;
}) {
  return (
    <Layout title="Enrol the host" frame={props.frame} path="/hosts/new">
      <div>
        <h1>Run this on the host, as root</h1>
        <p class="lead">
          Shown this once. It works once, and ends <Age at={props.expiresAt} now={props.frame.now} />.
        </p>
      </div>
      <section class="card">
        <pre class="mono" tabindex={0}>
          countersign-agent enroll --url {props.url} --token {props.token}
        </pre>
        {isLoopback(props.url) && (
          <p class="small warn" data-says="loopback">
            This address leads a host to itself: it works on this machine alone. For another one, start the
            desk with an address that it can reach.
          </p>
        )}
        {props.trust !== null && (
          <>
            <p>It shows who may approve there, as eight words. Go on only if they are these:</p>
            <Fingerprint hash={props.trust.hash} />
          </>
        )}
        <p>
          The host then appears on the <a href="/">desk</a> within seconds.
        </p>
      </section>
    </Layout>
  );
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function Form({ csrfToken, children }: { readonly csrfToken: string; readonly children?: Child }) {
  return (
    <form method="post" action="/hosts/new">
      <input type="hidden" name="csrf" value={csrfToken} />
      <p>
        <button class="btn">{children}</button>
      </p>
    </form>
  );
}
