// The one switch from reasons to HTTP: RFC 9457 problem documents. Each detail is one sentence that says what to do, and never more
// than the caller may know; the full reason goes to the audit row.
import { PROBLEM_CONTENT_TYPE } from "@countersign/shared/wire/problem";

export type ProblemReason =
  | "admin-unauthorised"
  | "admin-not-configured"
  | "body-malformed"
  | "body-too-large"
  | "host-retired"
  | "host-unknown"
  | "internal"
  | "link-undelivered"
  | "method-not-allowed"
  | "no-channel"
  | "finding-unknown"
  | "not-found"
  | "nobody-left"
  | "nothing-to-undo"
  | "policy-malformed"
  | "policy-version-mismatch"
  | "public-url-unusable"
  | "responder-unknown"
  | "sign-in-unknown"
  | "shard-full"
  | "signature-wrong"
  | "token-expired"
  | "too-many-attempts"
  | "token-unknown"
  | "token-used"
  | "upgrade-required"
  | "version-unsupported";

/** For whoever deploys: a link would lead elsewhere. */
export const PUBLIC_URL_HINT =
  "Set PUBLIC_URL to the address at which people reach this desk, and deploy again.";

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
  const [status, title, detail] = describe(reason);
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

function describe(reason: ProblemReason): readonly [status: number, title: string, detail: string] {
  switch (reason) {
    case "admin-unauthorised":
      return [401, "Not authorised", "Send the desk's ADMIN_TOKEN as a bearer token."];
    case "admin-not-configured":
      return [503, "No admin token", "Set the secret ADMIN_TOKEN to at least 32 characters."];
    case "body-malformed":
      return [400, "Malformed body", "Send one JSON object of the documented shape."];
    case "body-too-large":
      return [413, "Body too large", "Send at most 16384 bytes."];
    case "host-retired":
      return [409, "Retired", "This key was retired for good: enrol with a new one (enroll --force)."];
    case "host-unknown":
      return [404, "No such host", "Name a host that GET /v1/admin/hosts lists."];
    case "internal":
      return [500, "Something failed here", "Try again; if it goes on, read the control plane's log."];
    case "method-not-allowed":
      return [405, "Method not allowed", "Use one of the methods in the Allow header."];
    case "no-channel":
      return [
        409,
        "No channel",
        "No channel of this person can work: mend one, since somebody is signed in already.",
      ];
    case "link-undelivered":
      return [502, "Not delivered", "No channel of this person took the link; it is void. Ask again."];
    case "finding-unknown":
      return [404, "No such finding", "Name a finding that GET /v1/admin/shadow lists."];
    case "nobody-left":
      return [
        409,
        "Nobody would be left",
        "Everybody who is signed in would lose access: send `confirm` if that is meant.",
      ];
    case "sign-in-unknown":
      return [404, "No such sign-in", "Name a sign-in that GET /v1/admin/sign-ins lists."];
    case "nothing-to-undo":
      return [409, "Nothing to undo", "No earlier policy is kept: apply the one you want."];
    case "policy-malformed":
      return [422, "Wrong policy", "Mend what `problems` names; nothing was applied."];
    case "policy-version-mismatch":
      return [409, "Another policy is in force", "Look at the policy in force, then apply to its version."];
    case "not-found":
      return [404, "Not found", "Check the URL: there is nothing here."];
    case "public-url-unusable":
      return [503, "No public address", PUBLIC_URL_HINT];
    case "responder-unknown":
      return [422, "Unknown responder", "Name a responder of the policy."];
    case "shard-full":
      return [503, "Shard full", "Ask for a new enrolment token and enrol again."];
    case "signature-wrong":
      return [403, "Wrong signature", "Enrol with the key pair that the request names."];
    case "token-expired":
      return [410, "Token expired", "Ask for a new token: each lives for 15 minutes."];
    case "token-unknown":
      return [403, "Unknown token", "Check that the token was made by this desk and copied whole."];
    case "token-used":
      return [409, "Token used", "Ask for a new token: each works once."];
    case "too-many-attempts":
      return [429, "Too many failed attempts", "Wait a minute, then try again with the right token."];
    case "upgrade-required":
      return [426, "WebSocket required", "Connect here with a WebSocket."];
    case "version-unsupported":
      return [400, "Unsupported version", "Use version 1 of this protocol: upgrade the agent or the desk."];
  }
}
