// What a view may load and do, as its content security policy says: no outside resource, no frame, and no script but the one of our own by which a
// passkey signs, where the view has a form for it. Beside itself a view may fetch its icon and its manifest (web/home-screen.ts) from this desk alone.
import { PASSKEY_SCRIPT_SOURCE } from "./passkey-script.ts";
import { STYLE_SOURCE } from "./style.ts";

const SOURCES = {
  "default-src": "'none'",
  "img-src": "'self'",
  "manifest-src": "'self'",
  "style-src": `'${STYLE_SOURCE}'`,
  "form-action": "'self'",
  "frame-ancestors": "'none'",
  "base-uri": "'none'",
};

/** Of every view but those in which somebody can sign. */
export const VIEW_POLICY = headerOf(SOURCES);
/** Of those: scripts from this desk, which serves one. */
const SIGNING = { ...SOURCES, "script-src": "'self'" };
export const SIGNING_POLICY = headerOf(SIGNING);
/** … where that one asks at the tap what is current: from this desk alone. */
export const ASKING_POLICY = headerOf({ ...SIGNING, "connect-src": "'self'" });

/** The policy of a view; a text of a host cannot open it, for its brackets and quotes are escaped. */
export function policyOf(markup: string): string {
  if (!markup.includes(`<script src="${PASSKEY_SCRIPT_SOURCE}"`)) return VIEW_POLICY;
  return markup.includes(' data-current="/') ? ASKING_POLICY : SIGNING_POLICY;
}

function headerOf(sources: Readonly<Record<string, string>>): string {
  return Object.entries(sources)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}
