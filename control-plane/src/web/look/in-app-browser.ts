// Whether a view was opened inside another app: chats open links in a small browser of their own, in which passkeys mostly do not work and where a
// sign-in is lost with the app. Read from the user agent. Pure; nothing is refused by it, for anybody may say anything of themselves.
// Weakness: an app that opens links in a plain web view of an iPhone says nothing of itself, and a view on an iPhone's home screen looks the same.

/** What an app is called, and by what its browser is known; those that say more of themselves come first. */
const APPS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Messenger", /FBAN\/Messenger|FB_IAB\/(?:MESSENGER|Orca)/],
  ["Instagram", /\bInstagram[ /]/],
  ["Facebook", /\bFB(?:AN|AV|_IAB)\//],
  ["WhatsApp", /\bWhatsApp\//],
  ["Telegram", /\bTelegram(?:-[A-Za-z]+)?\//],
  ["Line", /\bLine\//],
  ["WeChat", /\bMicroMessenger\//],
  ["Snapchat", /\bSnapchat[ /]/],
  ["TikTok", /\b(?:musical_ly|BytedanceWebview|TikTok)/],
  ["Slack", /\bSlack(?:_SSB)?\/|com\.tinyspeck\.chatlyio/],
  ["Discord", /\bDiscord\//],
  ["Teams", /\bTeams(?:Mobile)?[-/]/],
  ["another app", /; wv\)/],
];
/** Of a longer one no more is read. */
const USER_AGENT_CHARS_MAX = 600;

/** Inside which app a view was opened, and the address to open instead. */
export interface InApp {
  /** `Telegram`, or `another app` */
  readonly app: string;
  readonly address: string;
}

/** The app in whose browser this is; null: none that says so. */
export function appOf(userAgent: string | null): string | null {
  const said = (userAgent ?? "").slice(0, USER_AGENT_CHARS_MAX);
  return APPS.find(([, pattern]) => pattern.test(said))?.[0] ?? null;
}
