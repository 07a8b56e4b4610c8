// Every route × everybody: what each route needs stands in a table of its own here, so that a change of a right shows in a diff, and the Worker is asked
// as each of them. What a reader would get wrong: a right is not worked out from the routes; a route that is in no line of the table fails.
import { beforeEach, describe, expect, it } from "vitest";
import type { Right } from "../../../control-plane/src/api/table/route.ts";
import { eachRoute } from "../../../control-plane/src/api/table/routes.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { Role } from "../../../control-plane/src/core/words/roles.ts";
import { issueCsrfToken } from "../../../control-plane/src/web/frame/csrf.ts";
import { FRAME_REFUSALS } from "../../../control-plane/src/web/frame/frame-words.ts";
import type { ActRoute, PeopleRoute } from "../../../control-plane/src/web/frame/people-routes.ts";
import { PEOPLE_ROUTES } from "../../../control-plane/src/web/rooms.ts";
import { desk } from "../world/fleet.ts";
import { signInToken } from "../world/fleet.ts";
import { Device, deskMemory, STRANGER } from "./device.ts";

/** Who may open what: `door` whoever is not signed in, `look` everybody of the policy, whatever they may do beside. No view holds a secret: addresses of
 * channels are blanked in the text of the rules, and a token is shown once, in the answer to its form. */
const VIEWS: Readonly<Record<string, "door" | "look">> = {
  "/": "look",
  "/incidents": "look",
  "/incidents/:id": "look",
  "/incidents/:id/post-mortem.md": "look",
  "/incidents/:id/note": "look",
  "/approvals/:id": "look",
  "/approvals/:id/deny": "look",
  "/approvals/:id/confirm": "look",
  "/approvals/:id/current": "look",
  "/ask": "look",
  "/ask/:host": "look",
  "/ask/:host/asked": "look",
  "/brake": "look",
  "/brake/freeze/:scope": "look",
  "/brake/lift/:scope": "look",
  "/silences": "look",
  "/silences/new": "look",
  "/silences/new/:scope": "look",
  "/standing": "look",
  "/standing/new": "look",
  "/standing/new/:scope": "look",
  "/standing/review/:scope": "look",
  "/hosts": "look",
  "/hosts/new": "look",
  "/hosts/:id": "look",
  "/hosts/:id/retire": "look",
  "/hosts/:id/set-aside": "look",
  "/policy": "look",
  "/policy/text": "look",
  "/policy/:version": "look",
  "/shadow": "look",
  "/audit": "look",
  "/runbooks": "look",
  "/runbooks/words": "look",
  "/runbooks/:reason": "look",
  "/sign-in": "door",
  "/sign-in/:token": "door",
  "/people": "look",
  "/sign-ins": "look",
  "/people/tests/:id": "look",
  "/passkey": "look",
  "/passkey/next": "look",
};

/** Who may send which form. */
const FORMS: Readonly<Record<string, Role>> = {
  "/people/tests/:id/got-it": "look",
  "/people/device": "look",
  "/people/sign-ins/end/:id": "look",
  "/people/sign-ins/end-others": "look",
  "/sign-out": "look",
  // The desk asks further: one's own, or who may administer (control-plane/src/platform/desk/approvers).
  "/passkey/withdraw/:id": "look",
  "/passkey/drop/:hash": "look",
  "/incidents/:id/note": "answer",
  "/incidents/:id/acknowledge": "answer",
  "/approvals/:id/deny": "answer",
  "/ask/:host/:service": "answer",
  "/brake/freeze/:scope": "answer",
  "/silences/add/:scope": "answer",
  "/silences/end/:id": "answer",
  "/standing/revoke/:id": "answer",
  "/hosts/:id/set-aside": "answer",
  "/shadow/false-alarm/:finding": "answer",
  "/people/:person/test/:channel": "answer",
  "/approvals/:id/approve": "approve",
  "/brake/lift/:scope": "approve",
  "/standing/give": "approve",
  "/passkey": "approve",
  "/passkey/domain": "approve",
  "/passkey/next": "approve",
  "/hosts/new": "administer",
  "/hosts/:id/retire": "administer",
  "/policy/undo/:version": "administer",
  "/shadow/promote/:reason/:version": "administer",
  "/people/:person/invite": "administer",
  "/people/:person/invite-here": "administer",
};

/** Who may ask the API what; that each is asked as everybody stands in test/actors/api/every-route.test.ts. A person's cookie is worth nothing there. */
const CALLS: Readonly<Record<string, Right>> = {
  "GET /healthz": "anyone",
  "GET /openapi.json": "anyone",
  "POST /v1/enrol": "enrolment-token",
  "POST /v1/channels/:channel": "provider-proof",
  "GET /v1/agent/connect/:shard/:host": "host-key",
  "POST /v1/admin/enrolment-tokens": "admin-token",
  "POST /v1/admin/sign-in-tokens": "admin-token",
  "GET /v1/admin/sign-ins": "admin-token",
  "DELETE /v1/admin/sign-ins/:id": "admin-token",
  "DELETE /v1/admin/responders/:id/sign-ins": "admin-token",
  "GET /v1/admin/hosts": "admin-token",
  "GET /v1/admin/hosts/:id": "admin-token",
  "GET /v1/admin/hosts/:id/ask": "admin-token",
  "POST /v1/admin/hosts/:id/retire": "admin-token",
  "POST /v1/admin/hosts/:id/set-aside": "admin-token",
  "GET /v1/admin/incidents": "admin-token",
  "GET /v1/admin/incidents/:id": "admin-token",
  "GET /v1/admin/unreadable": "admin-token",
  "POST /v1/admin/unreadable/discard": "admin-token",
  "GET /v1/admin/resolved": "admin-token",
  "GET /v1/admin/pages": "admin-token",
  "GET /v1/admin/history": "admin-token",
  "POST /v1/admin/incidents/:id/notes": "admin-token",
  "GET /v1/admin/incidents/:id/post-mortem": "admin-token",
  "GET /v1/admin/policy": "admin-token",
  "PUT /v1/admin/policy": "admin-token",
  "POST /v1/admin/policy/dry-run": "admin-token",
  "POST /v1/admin/policy/undo": "admin-token",
  "GET /v1/admin/shadow": "admin-token",
  "POST /v1/admin/shadow/false-alarms": "admin-token",
  "GET /v1/admin/audit": "admin-token",
  "GET /v1/admin/audit/verify": "admin-token",
  "GET /v1/admin/audit/copies": "admin-token",
  "GET /v1/admin/recorded": "admin-token",
  "GET /v1/admin/recorded/hosts": "admin-token",
  "GET /v1/admin/recorded/settings": "admin-token",
  "GET /v1/admin/recorded/policies/:version": "admin-token",
  "GET /v1/admin/reach": "admin-token",
  "POST /v1/admin/test-pages": "admin-token",
  "GET /v1/admin/test-pages/:id": "admin-token",
  "GET /v1/admin/trust": "admin-token",
  "POST /v1/admin/trust": "admin-token",
  "POST /v1/admin/trust/begin-anew": "admin-token",
  "POST /v1/admin/trust/domain": "admin-token",
  "POST /v1/admin/trust/drafts": "admin-token",
  "DELETE /v1/admin/trust/drafts/:hash": "admin-token",
  "GET /v1/admin/approvers": "admin-token",
  "DELETE /v1/admin/candidates/:id": "admin-token",
};

/** Everybody of the policy, by what it gives them, and what they have by it. */
const PEOPLE: Readonly<Record<string, { readonly given: string; readonly had: readonly Role[] }>> = {
  looker: { given: "[]", had: ["look"] },
  answerer: { given: "[answer]", had: ["look", "answer"] },
  approver: { given: "[approve]", had: ["look", "answer", "approve"] },
  administrator: { given: "[administer]", had: ["look", "administer"] },
  everything: {
    given: "[answer, approve, administer]",
    had: ["look", "answer", "approve", "administer"],
  },
};
const OF_A_ROLE = Object.entries(PEOPLE);

async function applyRoles(roles: Readonly<Record<string, string>>): Promise<void> {
  const responders = Object.entries(roles).map(
    ([id, given]) => `  - { id: ${id}, name: ${id}, channels: [terminal], roles: ${given} }`,
  );
  const text = `version: 1\nresponders:\n${responders.join("\n")}\nescalation: { steps: [{ notify: [everything], after: 0s }] }\n`;
  const { version } = await desk().showPolicy();
  const applied = await desk().applyPolicy({ expectedVersion: version, by: byAdmin(), why: "roles", text });
  if (!applied.ok) throw new Error(applied.error.reason);
}

const ALL = Object.fromEntries(OF_A_ROLE.map(([id, { given }]) => [id, given]));

beforeEach(() => applyRoles(ALL));

async function signedIn(responder: string): Promise<Device> {
  const action = `/sign-in/${await signInToken(responder)}`;
  const answer = await STRANGER.submit({ action, fields: { deviceName: "Phone" } });
  return new Device(answer.headers.get("set-cookie")?.split(";")[0] ?? "");
}

/** What a path's parameters are here: nothing that there is. */
const NAMED = "x";
const at = (path: string) => path.replaceAll(/:[a-z]+/gi, NAMED);
const ACTS = PEOPLE_ROUTES.filter((route): route is ActRoute => route.kind === "act")
  // A device that signs out can send nothing more.
  .toSorted((left, right) => Number(left.path === "/sign-out") - Number(right.path === "/sign-out"));

/** Sends a route's form with a token that its own view would have had: nothing but the role is in its way. */
async function sendForm(device: Device, { form, path }: ActRoute): Promise<string> {
  const secret = device.cookie.split("=")[1] ?? "";
  const visit = await desk().visitOf(secret);
  // What a subject is made from: the path's parameters, and the sign-in itself.
  const context = {
    req: { param: (name?: string) => (name === undefined ? { reason: NAMED, version: NAMED } : NAMED) },
    var: { visitor: visit, form: new URLSearchParams() },
  };
  const subject = form.subject(context as never);
  const fresh = { now: Date.now(), randomBytes: crypto.getRandomValues(new Uint8Array(16)) };
  const csrf = await issueCsrfToken(secret, { purpose: form.purpose, subject, proposalHash: "" }, fresh);
  const answer = await device.submit({ action: at(path), fields: { csrf } });
  return `${answer.status} ${await answer.text()}`;
}

/** Sentences of what never came to be decided. */
const NOT_YOURS = FRAME_REFUSALS["role-missing"][2];
const NOT_OURS = [FRAME_REFUSALS["csrf-wrong"][2], FRAME_REFUSALS["cross-origin"][2]];

describe("the table", () => {
  it("has each view, each form and each call of the API in one line", () => {
    const isShown = ({ kind }: PeopleRoute) => kind !== "act";
    const views = PEOPLE_ROUTES.filter(isShown).map(({ kind, path }) => [
      path,
      kind === "door" ? "door" : "look",
    ]);
    expect(Object.fromEntries(views)).toEqual(VIEWS);
    expect(Object.fromEntries(ACTS.map(({ form, path }) => [path, form.needs]))).toEqual(FORMS);
    expect(Object.fromEntries(eachRoute().map(([call, { right }]) => [call, right]))).toEqual(CALLS);
  });
});

describe("a stranger", () => {
  it("opens doors alone, sends nothing, and changes nothing", async () => {
    const before = await deskMemory();
    for (const [path, who] of Object.entries(VIEWS))
      expect([path, (await STRANGER.request(at(path))).status]).toEqual([path, who === "door" ? 200 : 401]);
    for (const path of Object.keys(FORMS))
      expect([path, (await STRANGER.submit({ action: at(path), fields: {} })).status]).toEqual([path, 401]);
    expect(await deskMemory()).toBe(before);
  });
});

describe.each(OF_A_ROLE)("%s", (responder, { had }) => {
  it("opens every view", async () => {
    const device = await signedIn(responder);
    for (const path of Object.keys(VIEWS)) {
      const { status } = await device.request(at(path));
      expect([path, [200, 303, 404, 409].includes(status)]).toEqual([path, true]);
    }
  });

  it("is refused what they may not do, which changes nothing, and sends the rest", async () => {
    const device = await signedIn(responder);
    const before = await deskMemory();
    for (const act of ACTS.filter(({ path }) => !had.includes(FORMS[path] ?? "look"))) {
      const said = await sendForm(device, act);
      expect([act.path, said.slice(0, 3), said.includes(NOT_YOURS)]).toEqual([act.path, "403", true]);
    }
    expect(await deskMemory()).toBe(before);
    for (const act of ACTS.filter(({ path }) => had.includes(FORMS[path] ?? "look"))) {
      const said = await sendForm(device, act);
      const refused = [NOT_YOURS, ...NOT_OURS].filter((sentence) => said.includes(sentence));
      expect([act.path, refused]).toEqual([act.path, []]);
      expect([act.path, ["401", "500"]]).not.toContainEqual(said.slice(0, 3));
    }
  });

  it("finds no form on a view that is bound to be refused", async () => {
    const device = await signedIn(responder);
    const refused = Object.keys(FORMS).filter((path) => !had.includes(FORMS[path] ?? "look"));
    const patterns = refused.map((path) => new RegExp(`^${path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`));
    for (const path of [
      "/",
      "/brake",
      "/brake/freeze/fleet",
      "/silences",
      "/silences/new/fleet",
      "/hosts/new",
    ]) {
      const text = await (await device.request(path)).text();
      const actions = [...text.matchAll(/<form[^>]*method="post"[^>]*action="([^"]*)"/g)].map(
        ([, to = ""]) => to,
      );
      expect([path, actions.filter((to) => patterns.some((pattern) => pattern.test(to)))]).toEqual([
        path,
        [],
      ]);
    }
  });
});

describe("a role", () => {
  it("that is taken away holds at once, for a device that is signed in and a form that was open", async () => {
    const device = await signedIn("everything");
    const form = await device.form("/brake", "/brake/freeze/fleet");
    const fields = { ...form.fields, why: "looking" };
    await applyRoles({ ...ALL, everything: "[]" });
    const refused = await device.submit({ ...form, fields });
    expect([refused.status, (await desk().brakes()).freezes]).toEqual([403, []]);
    await applyRoles(ALL);
    expect((await device.submit({ ...form, fields })).status).toBe(303);
    expect((await desk().brakes()).freezes).toHaveLength(1);
  });

  it("is asked by the desk itself too, which writes down what it refused", async () => {
    const by = { kind: "person", responder: "answerer", deviceId: "dev_x" } as const;
    const answer = await desk().act({
      act: { kind: "lift-freeze", scope: { kind: "fleet", shard: null }, why: "x" },
      by,
    });
    expect(answer).toEqual({ ok: false, error: { reason: "role-missing" } });
    const [row] = await desk().auditRows({ before: null, limit: 1 });
    expect(row).toMatchObject({ why: "role-missing: approve", actor: { responder: "answerer" } });
  });

  it("lets nobody end another person's sign-in", async () => {
    const other = await signedIn("looker");
    const signIns = await desk().signIns("looker");
    const device = await signedIn("everything");
    for (const { signInId } of signIns) {
      const secret = device.cookie.split("=")[1] ?? "";
      const fresh = { now: Date.now(), randomBytes: new Uint8Array(16) };
      const act = { purpose: "end-sign-in", subject: signInId, proposalHash: "" } as const;
      const csrf = await issueCsrfToken(secret, act, fresh);
      const answer = await device.submit({ action: `/people/sign-ins/end/${signInId}`, fields: { csrf } });
      expect(answer.status).toBe(404);
    }
    expect((await other.request("/")).status).toBe(200);
  });
});
