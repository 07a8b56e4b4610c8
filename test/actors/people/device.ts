// A signed-in device of the tests of views: fetch, a cookie, and what a browser says about itself. And an approval to answer, made by
// signals as a shard would send them.
import { SELF } from "cloudflare:test";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { DESK_ALONE } from "@countersign/shared/wire/level-rule";
import type { Proposal } from "@countersign/shared/wire/proposal";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { desk, enrolledHost, ORIGIN, signInToken, UNIT } from "../world/fleet.ts";

/** What a browser sends with a form of our own view. */
export const OWN_FORM = {
  origin: ORIGIN,
  "sec-fetch-site": "same-origin",
  "content-type": "application/x-www-form-urlencoded",
};

export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export class Device {
  readonly cookie: string;

  constructor(cookie: string) {
    this.cookie = cookie;
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== "") headers.set("cookie", this.cookie);
    return SELF.fetch(ORIGIN + path, { ...init, headers, redirect: "manual" });
  }

  /** Submits a form as a browser would; what a test forges is overridden. */
  submit(form: Form, headers: Record<string, string> = OWN_FORM): Promise<Response> {
    const body = new URLSearchParams(form.fields).toString();
    return this.request(form.action, { method: "POST", headers, body });
  }

  /** The form of a view that posts to a path ending so. */
  async form(path: string, actionEnd: string): Promise<Form> {
    const html = await (await this.request(path)).text();
    for (const [, action = "", body = ""] of html.matchAll(
      /<form\b[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g,
    ))
      if (action.endsWith(actionEnd)) return { action, fields: fieldsOf(body) };
    throw new Error(`no form to …${actionEnd} on ${path}`);
  }
}

export const STRANGER = new Device("");

function fieldsOf(html: string): Record<string, string> {
  const inputs = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const plain = (value: string) =>
    value.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
  return Object.fromEntries(inputs.map(([, name = "", value = ""]) => [name, plain(value)]));
}

/** Signs a new device in through the view. */
export async function signedInDevice(deviceName = "Phone"): Promise<Device> {
  const action = `/sign-in/${await signInToken()}`;
  const answer = await STRANGER.submit({ action, fields: { deviceName } });
  return new Device(answer.headers.get("set-cookie")?.split(";")[0] ?? "");
}

/** An incident with an approval that waits for an answer. */
export async function openApproval(
  change: Partial<Proposal> = {},
  host: { readonly hostId: string } | null = null,
): Promise<{ readonly approvalId: string; readonly incidentId: string }> {
  const now = Date.now();
  const requestId = `prq_${"A".repeat(22)}`;
  const { hostId } = host ?? (await enrolledHost());
  const base = {
    happenedAt: now,
    noticedAt: now,
    subject: { kind: "service", hostId, hostName: "web-1", service: "demo" },
  } as const;
  const proposal: Proposal = {
    version: 2,
    nonce: "n".repeat(32),
    hostId,
    bootId: "0b0b0b0b-0000-4000-8000-000000000001",
    action: "restart",
    service: "demo",
    level: 4,
    argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "demo.service"],
    runAs: "root",
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "demo is failing on web-1",
    // Where the desk's key alone will do, a signed-in device may say yes; passkeys have tests of their own.
    requires: DESK_ALONE,
    precondition: boundUnitOf(UNIT),
    unitState: UNIT,
    verification: { unit: "demo.service", checks: ["http"] },
    mintedAt: now,
    lifetimeMs: 3_600_000,
    ...change,
  };
  const evidence = Array.from({ length: 10 }, (_, index) => ({
    at: now - index * 5_000,
    text: `http failed ${index}×: ${"GET http://127.0.0.1:8080/healthz: connection refused ".repeat(5)}`,
  }));
  const signals: Signal[] = [
    {
      ...base,
      key: "test:1",
      kind: "firing",
      reason: "check-failing",
      severity: "critical",
      title: "demo is failing on web-1",
      evidence,
      proposalRequestId: requestId,
      restarts: { count: 1, max: 3, windowMs: 3_600_000 },
    },
    {
      ...base,
      key: "test:2",
      kind: "proposed",
      requestId,
      asked: { action: proposal.action, level: proposal.level, reason: proposal.reason },
      reason: "check-failing",
      askedBy: { kind: "rule", reason: "check-failing" },
      settleMs: 60_000,
      proposal: encodeBase64(new TextEncoder().encode(JSON.stringify(proposal))),
    },
  ];
  await desk().receiveSignals("shard-0", signals);
  const [approval] = (await desk().overview()).approvals;
  if (approval === undefined) throw new Error("no approval was made");
  return { approvalId: approval.approvalId, incidentId: approval.incidentId };
}

/** Everything the desk knows that an act could change, as text. */
export async function deskMemory(): Promise<string> {
  const { incidents, approvals } = await desk().overview();
  const audit = await desk().auditRows({ before: null, limit: 100 });
  const [brakes, shadow, policy] = [await desk().brakes(), await desk().shadow(), await desk().showPolicy()];
  return JSON.stringify({ incidents, approvals, audit, brakes, shadow, policy });
}
