// The part of `doctor` that goes the way to the control plane, step by step, so that what is broken has its own name: its name (DNS), the
// connection (TCP), the certificate (TLS), an answer; and by that answer's date whether the two clocks agree. By the agent's eyes: its
// resolver and its network are what counts. Not pure.
import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { EDIT_RESOLVER, LOOK_AT_ROUTES, RENEW_CERTIFICATES, SYNC_CLOCK } from "@countersign/shared/host/mend";
import { formatDuration } from "@countersign/shared/values/duration";
import { loadIdentity } from "../../agent/identity.ts";
import { systemFailureOf } from "../../failure.ts";
import type { Examiner } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

const STEP_TIMEOUT_MS = 5_000;
/** What clocks may differ by: a date of HTTP has whole seconds, and an answer may take some. */
export const CLOCK_SKEW_MS_MAX = 30_000;

const CHECK = "control plane";

export const reachExaminer: Examiner = {
  name: "control plane",
  eyes: "agent",
  isOfHost: true,
  examine: async ({ paths }) => {
    const identity = await loadIdentity(paths.identity).catch(() => null);
    if (identity === null) return [unknown("identity", `${paths.identity} cannot be read by this user`)];
    if (!identity.ok)
      return [wrong("identity", identity.error.sentence, `sudo chmod go-rwx ${paths.identity}`)];
    // Not enrolled yet: there is no way to go.
    return identity.value === null ? [] : await examineWay(new URL(identity.value.url));
  },
};

/** The findings about one address. */
export async function examineWay(url: URL): Promise<readonly Finding[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const isNamed = await lookup(host).then(
    () => true,
    () => false,
  );
  if (!isNamed)
    return [
      wrong(
        CHECK,
        `the name ${host} has no address (DNS), so nothing is told and nobody would be paged by this host's word`,
        EDIT_RESOLVER,
      ),
    ];
  const refused = await tryConnect(host, port);
  if (refused !== null)
    return [
      wrong(
        CHECK,
        `${host} takes no connection on port ${port} (TCP: ${refused}): look for a firewall, or at the route`,
        LOOK_AT_ROUTES,
      ),
    ];
  const answer = await tryAsk(url);
  if ("code" in answer) return [explainNoAnswer(host, answer.code)];
  return [well(CHECK, `${url.origin} answers`), examineClock(answer.date, answer.at)];
}

/** By the date of an answer that came in at this instant. */
export function examineClock(date: string | undefined, at: number): Finding {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return unknown("clock", "the control plane's answer has no date to compare with");
  const skewMs = at - told;
  if (Math.abs(skewMs) <= CLOCK_SKEW_MS_MAX) return well("clock", "it agrees with the control plane's");
  const way = skewMs > 0 ? "ahead of" : "behind";
  return wrong(
    "clock",
    `it is ${formatDuration(Math.abs(skewMs))} ${way} the control plane's: times of this host are shown wrong, and certificates may be refused`,
    SYNC_CLOCK,
  );
}

function explainNoAnswer(host: string, code: string): Finding {
  const isCertificate = /CERT|SIGNATURE|ISSUER|ALTNAME|SELF_SIGNED|SSL|TLS|EPROTO/i.test(code);
  return isCertificate
    ? wrong(
        CHECK,
        `the certificate of ${host} is not accepted (TLS: ${code}): its chain or this host's clock is wrong`,
        RENEW_CERTIFICATES,
      )
    : wrong(CHECK, `${host} takes the connection and does not answer (${code})`, LOOK_AT_ROUTES);
}

function tryConnect(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (code: string | null) => {
      socket.destroy();
      clearTimeout(timer);
      resolve(code);
    };
    const timer = setTimeout(end, STEP_TIMEOUT_MS, "no answer");
    socket.on("connect", () => end(null));
    socket.on("error", (error) => end(systemFailureOf(error)?.code ?? error.message));
  });
}

type Answer = { readonly date: string | undefined; readonly at: number } | { readonly code: string };

async function tryAsk(url: URL): Promise<Answer> {
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise((resolve) => {
    const outgoing = request(new URL("/healthz", url), { agent: false, method: "HEAD" });
    const end = (answer: Answer) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, STEP_TIMEOUT_MS, { code: "no answer" });
    outgoing.on("response", ({ headers }: IncomingMessage) => end({ date: headers.date, at: Date.now() }));
    outgoing.on("error", (error) => end({ code: systemFailureOf(error)?.code ?? error.message }));
    outgoing.end();
  });
}
