// The frame around every view of the desk: head, navigation, who is signed in. Pure: data in, markup out.
import type { Child } from "hono/jsx";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { type RouteWarning, warningSentenceOf } from "../../core/desk/paging/route-warning.ts";
import type { SignIn } from "../../platform/rpc.ts";
import { STYLE } from "./style.ts";

/** What a signed-in view knows about its reader, and the control plane's time when it was made. */
export interface Frame {
  readonly signIn: SignIn;
  readonly signOutToken: string;
  readonly now: number;
  /** shown on top of every view until they are mended */
  readonly warnings: readonly RouteWarning[];
}

interface LayoutProps {
  readonly title: string;
  /** null: a view for anyone, which must say nothing about the fleet */
  readonly frame: Frame | null;
  readonly path?: string;
  readonly children?: Child;
  /** a bar that stays in reach of the thumb */
  readonly bar?: Child;
}

const PLACES = [
  { path: "/", name: "Desk" },
  { path: "/brake", name: "Brake" },
] as const;
/** Behind one word, so that the head of a view is one line on a phone. */
const MORE_PLACES = [
  { path: "/hosts", name: "Hosts" },
  { path: "/incidents", name: "What is over" },
  { path: "/silences", name: "Silences" },
  { path: "/standing", name: "Standing approvals" },
  { path: "/policy", name: "Policy" },
  { path: "/shadow", name: "Shadow report" },
  { path: "/audit", name: "Audit" },
  { path: "/runbooks", name: "Runbooks" },
  { path: "/hosts/new", name: "Add host" },
  { path: "/sign-ins", name: "Your sign-ins" },
] as const;

/** A whole view. */
export function Layout({ title, frame, path, children, bar }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light dark" />
        <title>{visibleLine(title)} · Countersign</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <div class="wrap">
            <a class="brand" href="/">
              Countersign
            </a>
            {frame !== null && <Places path={path ?? ""} />}
          </div>
        </header>
        {frame !== null && frame.warnings.length > 0 && <Warnings warnings={frame.warnings} />}
        <div class="wrap">
          <main id="main">{children}</main>
        </div>
        {bar}
        {frame !== null && <Reader frame={frame} />}
      </body>
    </html>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly RouteWarning[] }) {
  return (
    <div class="alarm" role="alert">
      <ul class="wrap">
        {warnings.map((warning) => (
          <li data-reason={warning.reason}>{warningSentenceOf(warning)}</li>
        ))}
        <li>
          <a href="/runbooks/route-missing">What to do</a>
        </li>
      </ul>
    </div>
  );
}

function Places({ path }: { readonly path: string }) {
  return (
    <nav aria-label="Views">
      {PLACES.map((place) => (
        <Place place={place} path={path} />
      ))}
      <details>
        <summary>More</summary>
        <div>
          {MORE_PLACES.map((place) => (
            <Place place={place} path={path} />
          ))}
        </div>
      </details>
    </nav>
  );
}

function Place(props: {
  readonly place: { readonly path: string; readonly name: string };
  readonly path: string;
}) {
  const { path, name } = props.place;
  return (
    <a href={path} aria-current={path === props.path ? "page" : undefined}>
      {name}
    </a>
  );
}

function Reader({ frame }: { readonly frame: Frame }) {
  return (
    <footer>
      <div class="wrap row">
        <span>
          Signed in as {frame.signIn.responder} on {frame.signIn.deviceName}
        </span>
        <form class="inline" method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={frame.signOutToken} />
          <button class="link">Sign out</button>
        </form>
      </div>
    </footer>
  );
}
