// What to do inside another app's browser, where a passkey would be asked for. Pure. Looking uses nothing up, so the same address may be opened again.
import type { InApp } from "./in-app-browser.ts";

/** The card; nothing in a browser of its own. `isOnce`: the address is a link that works once. */
export function InAppCard(props: { readonly inApp: InApp | null; readonly isOnce?: boolean }) {
  const { inApp, isOnce = false } = props;
  if (inApp === null) return null;
  return (
    <section class="card wt narrow" role="note" data-says="inside-another-app">
      <p>
        <b>You are inside {inApp.app}: passkeys may not work here.</b> Open this address in your phone's own
        browser:
      </p>
      <pre class="all" tabindex={0}>
        {inApp.address}
      </pre>
      {isOnce && <p class="small soft">The link works once, and looking has not used it up.</p>}
    </section>
  );
}
