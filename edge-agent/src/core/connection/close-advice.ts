// Turns the way a connection failed into one sentence that says what to do, and whether to try again. Pure. The control plane's
// own texts are never shown for close codes: what it says is input, what we say is fixed here.
import { closeReasonOf, type CloseReason } from "@countersign/shared/wire/close-codes";
import type { Pace } from "./backoff.ts";

/** How a connection, or the try to make one, ended. */
export type Ending =
  | { readonly kind: "closed"; readonly code: number }
  /** the WebSocket upgrade was answered by plain HTTP */
  | {
      readonly kind: "http";
      readonly status: number;
      /** what it asked us to wait; null: nothing */
      readonly retryAfterMs: number | null;
    }
  /** `code` of the system's or TLS's error, such as ECONNREFUSED */
  | { readonly kind: "network"; readonly code: string }
  /** open, but no challenge or welcome came in time */
  | { readonly kind: "handshake-timeout" }
  /** keepalives went out and no answer came back: a half-open path */
  | { readonly kind: "keepalive-unanswered"; readonly afterMs: number }
  /** the control plane broke the protocol, and we ended the connection */
  | { readonly kind: "protocol-broken"; readonly reason: string; readonly detail: string };

export interface Advice {
  readonly sentence: string;
  readonly next: Pace | "exit";
}

export interface AdviceContext {
  /** the control plane's address, as a person wrote it */
  readonly url: string;
  /** this process was welcomed at least once: its key and address were right, so it never gives up by itself */
  readonly wasWelcomed: boolean;
}

/** Says what an ending means and what comes next. */
export function adviseOn(ending: Ending, context: AdviceContext): Advice {
  switch (ending.kind) {
    case "closed":
      return adviseOnClose(ending.code, context);
    case "http":
      return adviseOnStatus(ending.status, context.url);
    case "network":
      return { sentence: describeNetworkFailure(ending.code, context.url), next: "retry" };
    case "handshake-timeout":
      return {
        sentence: `${context.url} took the connection and then said nothing; trying again (is it a Countersign control plane?).`,
        next: "retry",
      };
    case "keepalive-unanswered":
      return {
        sentence: `No keepalive was answered for ${Math.round(ending.afterMs / 100) / 10} s, so the path to ${context.url} is broken; connecting again.`,
        next: "retry",
      };
    case "protocol-broken":
      return {
        sentence:
          ending.reason === "version-unsupported"
            ? `${context.url} speaks another protocol version (${ending.detail}); update countersign-agent on this host if this lasts.`
            : `${context.url} sent a frame this agent cannot accept (${ending.reason}: ${ending.detail}); connecting again.`,
        next: ending.reason === "version-unsupported" ? "retry-slowly" : "retry",
      };
  }
}

function adviseOnClose(code: number, context: AdviceContext): Advice {
  const reason = closeReasonOf(code);
  if (reason === null)
    return {
      sentence: `${context.url} ended the connection (code ${code}, as in a deploy or restart); connecting again.`,
      next: "retry",
    };
  return adviseOnReason(reason, context);
}

function adviseOnReason(reason: CloseReason, { url, wasWelcomed }: AdviceContext): Advice {
  switch (reason) {
    case "replaced":
      return {
        sentence: `Another connection of this host took over at ${url}; stop the second agent if one runs here, for example \`systemctl status countersign-agent\`.`,
        next: "retry-slowly",
      };
    case "host-unknown":
      return {
        sentence: `This host is not enrolled at ${url} (or was retired there): make a token on the desk and run \`countersign-agent enroll --url ${url} --token-file - --force\`.`,
        // A monitor that was right once must survive a control plane that forgot it for a while.
        next: wasWelcomed ? "retry-slowly" : "exit",
      };
    case "unauthenticated":
      return {
        sentence: `${url} did not accept this host's signature: check that the address is the one the host enrolled at (a proxy must pass the Host header on), else enrol again with --force.`,
        next: "retry-slowly",
      };
    case "identity-conflict":
      return {
        sentence: `Another machine is connected with this host's key: if this one is a clone, give it its own with \`countersign-agent enroll --url ${url} --token-file - --force\`.`,
        next: "retry-slowly",
      };
    case "version-unsupported":
      return {
        sentence: `${url} does not speak this agent's protocol version: update countersign-agent on this host, or wait until the control plane's deploy is done.`,
        next: "retry-slowly",
      };
    case "host-flooding":
      return {
        sentence: `${url} ended the connection because this host sent many times more than a host may: see what reports so often, for example with \`journalctl -u countersign-agent\`.`,
        next: "pause",
      };
    case "challenge-expired":
      return { sentence: `The answer to ${url}'s challenge came too late; connecting again.`, next: "retry" };
    case "frame-malformed":
    case "frame-too-large":
    case "message-unknown":
      return {
        sentence: `${url} refused a frame of this agent (${reason}): the two versions do not fit, update the older one.`,
        next: "retry-slowly",
      };
  }
}

function adviseOnStatus(status: number, url: string): Advice {
  if (status >= 300 && status < 400)
    return {
      sentence: `${url} redirects elsewhere: is it a login page of this network? Log in there; if it is the control plane that moved, enrol with the address it redirects to.`,
      next: "retry-slowly",
    };
  if (status === 429 || status >= 500)
    return { sentence: `${url} answered HTTP ${status}; trying again.`, next: "retry" };
  return {
    sentence: `${url} answered HTTP ${status} where an agent connects: check that the address is a Countersign control plane's and that nothing in between blocks WebSockets.`,
    next: "retry-slowly",
  };
}

/** One sentence for a failed DNS look-up, TCP connect or TLS handshake; `code` as Node names it. */
export function describeNetworkFailure(code: string, url: string): string {
  switch (code) {
    case "ENOTFOUND":
      return `There is no address for ${url}: check the host name for a typo.`;
    case "EAI_AGAIN":
      return `The name of ${url} cannot be looked up: check this host's network and DNS.`;
    case "ECONNREFUSED":
      return `Nothing answers at ${url}: check the address and port, and that the control plane is running.`;
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "ENETDOWN":
      return `There is no network path to ${url}: check this host's network.`;
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "TimeoutError":
      return `${url} did not answer in time: check the address, and that no firewall drops the connection.`;
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
    case "EPIPE":
      return `${url} dropped the connection: check that the address and port are the control plane's.`;
    case "CERT_NOT_YET_VALID":
    case "CERT_HAS_EXPIRED":
      return `The certificate of ${url} is not valid now (${code}): check this host's clock first, then the certificate.`;
    default:
      break;
  }
  if (/^(?:EPROTO|ERR_SSL|HPE_)/.test(code))
    return `${url} does not speak this kind of connection (${code}): check http:// against https:// and the port.`;
  if (/CERT|SIGNATURE|ALTNAME|ISSUER/.test(code))
    return `The certificate of ${url} cannot be trusted (${code}): check the address; for a private authority set NODE_EXTRA_CA_CERTS.`;
  return `${url} cannot be reached (${code}): check the address and this host's network.`;
}

/** Beyond this the host's clock is wrong enough to say so. */
export const CLOCK_SKEW_MAX_MS = 60_000;

/** One sentence when the host's clock and the control plane's differ too much; null when they agree. Nothing depends on the host's clock, people do. */
export function describeClockSkew(serverAt: number, hostAt: number): string | null {
  const skewMs = hostAt - serverAt;
  if (Math.abs(skewMs) <= CLOCK_SKEW_MAX_MS) return null;
  return `This host's clock is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? "ahead of" : "behind"} the control plane's: set it (\`timedatectl set-ntp true\`), or times in reports are wrong.`;
}
