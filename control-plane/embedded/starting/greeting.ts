// What `npm start` says once it runs: where the desk is, how to get in, what a phone can do there, and what to break. Pure.
import type { SignInOffer } from "../admin.ts";
import type { DeskAddresses } from "../desk-addresses.ts";

export interface Greeted {
  readonly publicUrl: string;
  /** where a program on this machine reaches it */
  readonly ownUrl: string;
  readonly reach: DeskAddresses["reach"];
  /** null: it was said before, and may have been used since */
  readonly signIn: SignInOffer | null;
  /** as it is typed from where the program was started */
  readonly tokenFile: string;
  readonly canPage: boolean;
  /** null: there is no demo host */
  readonly breakCommand: string | null;
}

/** Lines for a terminal. */
export function greetingOf(greeted: Greeted): readonly string[] {
  const { breakCommand, canPage, ownUrl, publicUrl, reach, signIn, tokenFile } = greeted;
  return [
    "",
    `The desk:           ${publicUrl}`,
    ...(reach === "this machine" ? [] : [`On this machine:    ${ownUrl}`]),
    ...(signIn === null ? [] : [`Sign in (15 min):   ${"url" in signIn ? signIn.url : signIn.sentence}`]),
    ...phoneLines(greeted),
    "A second person:    name them in the policy, then invite them under People: docs/people.md says each step.",
    `From a terminal:    npm run countersign -- hosts list --url ${ownUrl} --admin-token-file ${tokenFile}`,
    ...(canPage && breakCommand !== null ? [`Break the service:  ${breakCommand}`] : []),
    "",
    `${nextText(greeted)} Ctrl-C stops everything.`,
  ];
}

/** A QR code leads somewhere, or is not drawn. */
export function qrTextOf({ reach, signIn }: Pick<Greeted, "reach" | "signIn">): string | null {
  return signIn !== null && "url" in signIn && reach !== "this machine" ? signIn.url : null;
}

function phoneLines({ publicUrl, reach }: Greeted): readonly string[] {
  switch (reach) {
    case "this machine":
      return ["On a phone:         not from there; --lan lets devices in this network in."];
    case "this network":
      return [
        "On a phone:         in this network, by the same address. It can look, take and deny. It approves no restart:",
        "                    a passkey needs https and a name, and over plain http whoever reads along in the network",
        "                    can take its sign-in over. For more than a try put https in front (--trust-proxy, --public-url).",
      ];
    case "as you said":
      return publicUrl.startsWith("https:")
        ? []
        : [
            "On a phone:         where it reaches that address; plain http: whoever reads along can take its sign-in over.",
          ];
  }
}

function nextText({ breakCommand, canPage }: Greeted): string {
  if (!canPage) return "Nobody can be paged: the desk says which channel cannot work.";
  if (breakCommand === null) return "Pages arrive where the policy says.";
  return "Then wait for the page here, open its link, and approve.";
}
