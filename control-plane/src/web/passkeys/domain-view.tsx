// Which name passkeys shall belong to, asked before the first one and for good. Pure.
import { type Frame, Layout } from "../frame/layout.tsx";

/** The choice; `domains`: those that there are, the desk's whole name first. */
export function DomainView(props: {
  readonly frame: Frame;
  readonly token: string;
  readonly domains: readonly string[];
}) {
  const { domains, frame, token } = props;
  const [whole = ""] = domains;
  return (
    <Layout title="A name for your passkeys" frame={frame} path="/passkey">
      <div>
        <h1>Which name shall your passkeys belong to?</h1>
        <p class="lead">
          Nobody can approve a restart yet. Before the first passkey the desk must know by which name it will
          be reached: passkeys work at that name, and nowhere else.
        </p>
      </div>
      {isLent(whole) && <LentCard name={whole} />}
      <div class="split">
        <form class="card" method="post" action="/passkey/domain">
          <input type="hidden" name="csrf" value={token} />
          <fieldset>
            <legend class="vh">The name</legend>
            {domains.map((domain, index) => (
              <label class="pick">
                <input type="radio" name="domain" value={domain} required checked={index === 0} />
                <span>
                  <b>{domain}</b>
                  <br />
                  <span class="small soft">
                    {index === 0 ? "where this desk is now" : "and all names below it"}
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
          <button class="btn full yes">
            <span>Use this name</span>
            <small>for good</small>
          </button>
        </form>
        <section class="card" aria-labelledby="for-good">
          <h2 id="for-good">It is for good</h2>
          <p>
            A later change loses <b>every passkey</b>: everybody makes a new one, the root of each host
            accepts a new list at its console, and each yes in advance ends.
          </p>
          {domains.length > 1 && (
            <p>
              A shorter name lets the desk move to another name below it. The longest lets no other site of
              yours ask for these passkeys.
            </p>
          )}
          <p class="small soft">
            The desk can move to another machine or provider, as long as its name stays.
          </p>
        </section>
      </div>
    </Layout>
  );
}

/** A name that the provider lends: who moves away loses it. */
function isLent(name: string): boolean {
  return name === "workers.dev" || name.endsWith(".workers.dev");
}

function LentCard({ name }: { readonly name: string }) {
  return (
    <section class="card wt" role="note" data-says="lent-name">
      <p>
        <b>This name is lent.</b> {name} belongs to Cloudflare: with another provider, or another name of your
        own later, all passkeys are lost. Better give the desk a name of your own first: add it to the Worker,
        set it as <code>PUBLIC_URL</code>, and open this view there.
      </p>
    </section>
  );
}
