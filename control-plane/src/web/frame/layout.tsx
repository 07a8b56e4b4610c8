// The frame around every view of the desk: head, navigation, who is signed in. Pure: data in, markup out.
import type { Child } from "hono/jsx";
import { visibleLine } from "@countersign/shared/values/visible-text";
import {
  isAboutRoles,
  isHint,
  type RouteWarning,
  warningSentenceOf,
} from "../../core/desk/paging/route-warning.ts";
import type { Role } from "../../core/words/roles.ts";
import type { SignIn, SoleApprover } from "../../platform/sign-in-shapes.ts";
import { Icon, SymbolRoom } from "../look/icons.tsx";
import type { InApp } from "../look/in-app-browser.ts";
import { ReaderRoles } from "../look/may.tsx";
import { UTC } from "../look/place-time.ts";
import { STYLE } from "../look/style.ts";
import { Clock, ReaderZone } from "../look/time.tsx";

/** What a signed-in view knows about its reader and its address, and the control plane's time when it was made. */
export interface Frame {
  readonly signIn: SignIn;
  /** what the policy calls the reader */
  readonly name: string;
  /** what the policy lets the reader do */
  readonly roles: readonly Role[];
  /** the one person who may approve, with the one passkey; null: there are more, or none */
  readonly soleApprover: SoleApprover | null;
  readonly signOutToken: string;
  readonly now: number;
  /** the reader's, by the policy; a name of the IANA database */
  readonly timeZone: string;
  /** shown on top of every view until they are mended */
  readonly warnings: readonly RouteWarning[];
  /** it was opened inside another app's browser; null: in one of its own, or it answers a form */
  readonly inApp: InApp | null;
  /**
   * the view's address without marks, the same held still, and whether it is; null: it answers a form, and is there this
   * once
   */
  readonly address: { readonly moving: string; readonly still: string; readonly isStill: boolean } | null;
}

interface LayoutProps {
  readonly title: string;
  /** null: a view for anyone, which must say nothing about the fleet */
  readonly frame: Frame | null;
  readonly path?: string;
  /** after so many seconds it is fetched again, for something moves; absent: nothing does */
  readonly moves?: number | null;
  readonly children?: Child;
  /** a bar that stays in reach of the thumb */
  readonly bar?: Child;
}

const PLACES = [
  { path: "/", name: "Now" },
  { path: "/brake", name: "Freeze" },
] as const;
interface MenuPlace {
  readonly path: string;
  readonly name: string;
  /** absent: whoever is signed in finds something there */
  readonly needs?: Role;
}

/** Behind one word, so that the head of a view is one line on a phone. */
const MORE_PLACES = [
  { path: "/incidents", name: "Incidents" },
  { path: "/hosts", name: "Hosts" },
  { path: "/people", name: "People" },
  { path: "/passkey", name: "Who may approve" },
  { path: "/silences", name: "Silences" },
  { path: "/standing", name: "Yes in advance" },
  { path: "/policy", name: "Rules" },
  { path: "/audit", name: "Record" },
  { path: "/runbooks", name: "Runbooks" },
  { path: "/hosts/new", name: "Add host", needs: "administer" },
] as const satisfies readonly MenuPlace[];

/** A whole view. */
export function Layout(props: LayoutProps) {
  const { title, frame, path, children, bar } = props;
  const alarms = (frame?.warnings ?? []).filter((warning) => !isHint(warning));
  const alone = frame === null ? null : <AloneLine frame={frame} path={path ?? ""} />;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#0a616c" />
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <title>{visibleLine(title)} · Countersign</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <SymbolRoom />
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <div class="wrap">
            <a class="brand" href="/">
              <Icon name="mark" />
              Countersign
            </a>
            {frame !== null && <Places path={path ?? ""} roles={frame.roles} />}
          </div>
        </header>
        {alarms.length > 0 && <Warnings warnings={alarms} />}
        {bar === undefined && alone}
        <ReaderZone.Provider value={frame?.timeZone ?? UTC}>
          <ReaderRoles.Provider value={frame?.roles ?? []}>
            <main id="main">
              <div class="wrap">{children}</div>
              {bar}
            </main>
          </ReaderRoles.Provider>
          {bar !== undefined && alone}
          {frame !== null && <Foot frame={frame} moves={props.moves ?? null} />}
        </ReaderZone.Provider>
      </body>
    </html>
  );
}

/** Quiet, for nothing is wrong yet; beneath a view with a bar, which has no line to spare above. */
function AloneLine({ frame, path }: { readonly frame: Frame; readonly path: string }) {
  const { signIn, soleApprover } = frame;
  if (soleApprover === null) return null;
  const isOwn = soleApprover.responder === signIn.responder;
  return (
    <aside class="wrap small soft alone" aria-label="One passkey alone">
      Only {isOwn ? "you" : <bdi>{visibleLine(soleApprover.name)}</bdi>} can approve, by one passkey: if that
      device is lost, nothing can be restarted from here.{" "}
      {path !== "/passkey" && <a href="/passkey">{isOwn ? "Add a second" : "See who may approve"}</a>}
    </aside>
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
          {warnings.every(isAboutRoles) ? (
            <a href="/policy">The rules in force</a>
          ) : (
            <a href="/runbooks/route-missing">What to do</a>
          )}
        </li>
      </ul>
    </div>
  );
}

function Places({ path, roles }: { readonly path: string; readonly roles: readonly Role[] }) {
  const more = MORE_PLACES.filter(
    (place: MenuPlace) => place.needs === undefined || roles.includes(place.needs),
  );
  return (
    <nav aria-label="Views">
      {PLACES.map((place) => (
        <Place place={place} path={path} />
      ))}
      <button type="button" popovertarget="menu">
        Menu
      </button>
      <div class="menu" id="menu" popover="auto">
        {more.map((place) => (
          <Place place={place} path={path} />
        ))}
      </div>
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

/** Who reads it, of when it is, and whether it will move. */
function Foot({ frame, moves }: { readonly frame: Frame; readonly moves: number | null }) {
  return (
    <footer>
      <div class="wrap">
        <div class="row">
          <span>
            Signed in as {frame.name} on {frame.signIn.deviceName}
          </span>
          <form class="inline" method="post" action="/sign-out">
            <input type="hidden" name="csrf" value={frame.signOutToken} />
            <button>Sign out</button>
          </form>
        </div>
        <Moving frame={frame} moves={moves} />
      </div>
    </footer>
  );
}

function Moving({ frame, moves }: { readonly frame: Frame; readonly moves: number | null }) {
  const { address, now } = frame;
  const isMoving = address !== null && moves !== null && !address.isStill;
  return (
    <p data-moves={isMoving ? moves : undefined}>
      As of <Clock at={now} now={now} />.{" "}
      {isMoving && (
        <>
          Updates every {moves} s. <a href={address.still}>Hold it still</a>
        </>
      )}
      {!isMoving && address !== null && <a href={address.moving}>Update</a>}
    </p>
  );
}
