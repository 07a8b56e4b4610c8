// Adding a host: a form that makes an enrolment token, and the one command that uses it, shown once. Pure.
import type { Child } from "hono/jsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Age } from "../look/time.tsx";

/** The form; opening it makes nothing. */
export function NewHostView({ frame, csrfToken }: { readonly frame: Frame; readonly csrfToken: string }) {
  return (
    <Layout title="Add host" frame={frame} path="/hosts/new">
      <h1>Add a host</h1>
      <p>
        This makes an enrolment token. It enrols one host, within 15 minutes. The host makes its own key; the
        token tells it which key of this desk to believe.
      </p>
      <Form csrfToken={csrfToken}>Make an enrolment token</Form>
    </Layout>
  );
}

/** The answer to the form. */
export function HostCommandView(props: {
  readonly frame: Frame;
  readonly url: string;
  readonly token: string;
  readonly expiresAt: number;
}) {
  return (
    <Layout title="Enrol the host" frame={props.frame} path="/hosts/new">
      <h1>Run this on the host, as root</h1>
      <pre class="mono" tabindex={0}>
        countersign-agent enroll --url {props.url} --token {props.token}
      </pre>
      <p class="say">
        It is shown this once. It works once, and expires <Age at={props.expiresAt} now={props.frame.now} />.
      </p>
      <p>
        The host then appears on the <a href="/">desk</a>.
      </p>
    </Layout>
  );
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
