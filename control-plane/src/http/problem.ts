// From reasons to HTTP, one table: RFC 9457 problem documents. Each detail is one sentence that says what to do, and never more than the
// caller may know; the full reason goes to the audit row.
import { PROBLEM_CONTENT_TYPE } from "@countersign/shared/wire/problem";

/** For whoever deploys: a link would lead elsewhere. */
export const PUBLIC_URL_HINT =
  "Set PUBLIC_URL to the address at which people reach this desk, and deploy again.";

/** What a caller is told: `detail` says what to do. */
type ProblemWords = readonly [status: number, title: string, detail: string];

/** By reason. */
export const PROBLEMS = {
  "admin-unauthorised": [
    401,
    "Not authorised",
    "The admin token is not this desk's: send its ADMIN_TOKEN as a bearer token.",
  ],
  "admin-not-configured": [503, "No admin token", "Set the secret ADMIN_TOKEN to at least 32 characters."],
  "body-malformed": [400, "Malformed body", "Send one JSON object of the documented shape."],
  "body-too-large": [413, "Body too large", "Send at most 16384 bytes."],
  "candidate-unknown": [
    404,
    "No such passkey waits",
    "Name one that GET /v1/admin/approvers lists among candidates.",
  ],
  "channel-unknown": [422, "Unknown channel", "Name a channel that the policy gives this responder."],
  "host-not-listed": [
    409,
    "Not on the list",
    "This host is not, or no longer, on the list of a silent fleet: nothing was changed.",
  ],
  "host-retired": [409, "Retired", "This key was retired for good: enrol with a new one (enroll --force)."],
  "host-unknown": [404, "No such host", "Name a host that GET /v1/admin/hosts lists."],
  internal: [500, "Something failed here", "Try again; if it goes on, read the control plane's log."],
  "method-not-allowed": [405, "Method not allowed", "Use one of the methods in the Allow header."],
  "no-channel": [
    409,
    "No channel",
    "No channel of this person can work: mend one, since somebody is signed in already.",
  ],
  "link-undelivered": [
    502,
    "Not delivered",
    "No channel of this person took the link; it is void. Ask again.",
  ],
  "desk-key-missing": [
    422,
    "Without this desk",
    "Keep this desk's key among `deskKeys`: without it no host would run what it hands over.",
  ],
  "draft-unknown": [
    404,
    "No such version waits",
    "Name one that GET /v1/admin/approvers lists among drafts.",
  ],
  "drafts-full": [
    409,
    "Enough wait for signatures",
    "Drop a version that waits, or have approvers sign it, before you hand over another one.",
  ],
  "finding-unknown": [404, "No such finding", "Name a finding that GET /v1/admin/shadow lists."],
  "notes-full": [409, "No more notes", "This incident holds as many notes as one may."],
  "nobody-left": [
    409,
    "Nobody would be left",
    "Everybody who is signed in would lose access: send `confirm` if that is meant.",
  ],
  "sign-in-unknown": [404, "No such sign-in", "Name a sign-in that GET /v1/admin/sign-ins lists."],
  "sign-in-links-waiting": [
    409,
    "Links wait already",
    "Three sign-in links wait for this person: use one of them, or let them expire.",
  ],
  "nothing-to-undo": [409, "Nothing to undo", "No earlier policy is kept: apply the one you want."],
  "policy-malformed": [422, "Wrong policy", "Mend what `problems` names; nothing was applied."],
  "policy-version-mismatch": [
    409,
    "Another policy is in force",
    "Look at the policy in force, then apply to its version.",
  ],
  "not-found": [404, "Not found", "Check the URL: there is nothing here."],
  "party-missing": [
    409,
    "No domain for passkeys",
    "Set PUBLIC_URL to a name with https, or to localhost: an address has no passkeys.",
  ],
  "party-wrong": [
    422,
    "Not a domain of this desk",
    "Name the host name in PUBLIC_URL, or a domain above it: nothing else can be this desk's.",
  ],
  "part-silent": [
    503,
    "A part does not answer",
    "Try again in a minute; if it goes on, read the control plane's log: a shard or D1 does not answer.",
  ],
  "provider-unproven": [
    401,
    "Not the provider",
    "No channel of this name takes it from you: look at the channel's name, and at the secret that it is bound to.",
  ],
  "public-url-unusable": [503, "No public address", PUBLIC_URL_HINT],
  "responder-unknown": [422, "Unknown responder", "Name a responder of the policy."],
  "shard-full": [503, "Shard full", "Ask for a new enrolment token and enrol again."],
  "signature-wrong": [403, "Wrong signature", "Enrol with the key pair that the request names."],
  "test-page-too-often": [
    429,
    "Enough test pages",
    "Wait: at most five test pages go to one person within ten minutes, so the next may be sent in ten minutes at the latest.",
  ],
  "token-expired": [410, "Token expired", "Ask for a new token: each lives for 15 minutes."],
  "token-unknown": [403, "Unknown token", "Check that the token was made by this desk and copied whole."],
  "token-used": [409, "Token used", "Ask for a new token: each works once."],
  "too-many-attempts": [
    429,
    "Too many failed attempts",
    "Wait a minute, then try again with the right token.",
  ],
  "trust-chain-full": [409, "No more versions", "The fleet's trust has as many versions as it may have."],
  "trust-exists": [
    409,
    "Passkeys exist already",
    "The domain stays as it was chosen: another one means to begin anew (docs/people.md).",
  ],
  "trust-malformed": [422, "Wrong trust", "Send a version in the documented shape, as it was signed."],
  "trust-missing": [409, "No trust yet", "A signed-in person makes the first passkey on the desk: /passkey."],
  "trust-not-accepted": [
    409,
    "No trust yet",
    "A signed-in person makes the first passkey on the desk: /passkey.",
  ],
  "trust-older": [
    409,
    "An older version",
    "Look at the newest version (GET /v1/admin/trust), and make the next one from it.",
  ],
  "trust-other-chain": [
    409,
    "From another version",
    "Look at the newest version (GET /v1/admin/trust), and make the next one from it.",
  ],
  "trust-skips": [409, "Versions are missing", "Publish those between first, each in turn."],
  "trust-unsigned": [
    403,
    "Not signed by its people",
    "Have as many approvers of the version before sign exactly this text as its threshold says.",
  ],
  "upgrade-required": [426, "WebSocket required", "Connect here with a WebSocket."],
  "version-unsupported": [
    400,
    "Unsupported version",
    "Use version 1 of this protocol: upgrade the agent or the desk.",
  ],
} as const satisfies { readonly [reason: string]: ProblemWords };
export type ProblemReason = keyof typeof PROBLEMS;

/** Answers with a problem document; `detail` replaces the reason's own sentence where the place is known. */
export function problem(
  reason: ProblemReason,
  options: {
    readonly detail?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** further members of the document (RFC 9457 §3.2) */
    readonly members?: Readonly<Record<string, unknown>>;
  } = {},
): Response {
  const [status, title, detail] = PROBLEMS[reason];
  const body = {
    type: `urn:countersign:problem:${reason}`,
    title,
    status,
    detail: options.detail ?? detail,
    ...options.members,
  };
  const headers = { ...options.headers, "content-type": PROBLEM_CONTENT_TYPE, "cache-control": "no-store" };
  return new Response(JSON.stringify(body), { status, headers });
}
