// Every route that people have, walked from the application's own list: who is not signed in, a form that is not ours, and what a GET asks
// for. The desk is a stand-in that notes what it is asked, so that a refusal is seen to come before any room's own code.
import type { Hono } from "hono";
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { createApp } from "../../../control-plane/src/app.ts";
import { forgetAttempts } from "../../../control-plane/src/http/attempts.ts";
import type { Bound } from "../../../control-plane/src/http/context.ts";
import type { DeskReads, ShardReads } from "../../../control-plane/src/http/reads.ts";
import type { HostShardRpc, IncidentDeskRpc } from "../../../control-plane/src/platform/rpc.ts";
import type { FormBound, ViewBound } from "../../../control-plane/src/web/frame/people-bound.ts";
import { PASSKEY_SCRIPT_SOURCE } from "../../../control-plane/src/web/look/passkey-script.ts";
import { bindings, ORIGIN } from "../world/fleet.ts";
import { OWN_FORM } from "./device.ts";

/** Open to who is not signed in, and why. */
const OPEN = new Map([
  ["/sign-in", "the way in by passkey"],
  ["/sign-in/:token", "the way in"],
  ["/sign-in", "the way in by passkey"],
  ["/favicon.svg", "the icon of this program"],
  ["/favicon.ico", "the same, by the name that browsers guess"],
  ["/manifest.webmanifest", "what a phone needs for its home screen"],
  ["/passkey.js", "the one script, which says nothing but how a passkey signs"],
  ["/healthz", "whether it works, for whoever watches the watcher"],
  ["/openapi.json", "what the API is"],
]);
const SECRET = "s".repeat(43);
const COOKIE = { cookie: `__Host-countersign-sign-in=${SECRET}` };
const VISIT = {
  signIn: {
    signInId: "sgn_x",
    deviceId: "dev_x",
    deviceName: "Phone",
    responder: "operator",
    expiresAt: Number.MAX_SAFE_INTEGER,
  },
  name: "Operator",
  roles: ["look", "answer", "approve", "administer"],
  soleApprover: null,
  timeZone: "UTC",
  warnings: [],
};
const NOTHING = {
  overview: { incidents: [], approvals: [] },
  hostsNow: { down: [], blindShards: [], blindSince: [], enrolledCount: 0, unprojectedSinceAt: null },
  findHosts: [],
  registered: [],
  asksOn: { asks: [], cannotRun: null },
  brakes: { freezes: [], silences: [], standing: [] },
  standingHistory: { over: [], uses: [] },
  shadow: { counts: [], findings: [] },
  showPolicy: { version: 1, text: bindings.POLICY, history: [], problem: null },
  policyInForce: { version: 1, text: bindings.POLICY },
  planPolicy: { ok: false, error: { reason: "nothing-to-undo" } },
  auditRows: [],
  reach: { onCall: [], lastPage: null, lastTest: null, channels: [], drills: [] },
  signIns: [],
  approversNow: { party: null, domains: [], candidates: [], drafts: [], uses: [] },
  trustNow: { party: { rpId: new URL(ORIGIN).hostname, origins: [ORIGIN] }, versions: [] },
};

let asked: string[] = [];

const deskThatNotes = new Proxy(
  {},
  {
    get: (_, name: string) => (first: unknown) => {
      asked.push(name);
      if (name === "visitOf") return Promise.resolve(first === SECRET ? VISIT : null);
      return Promise.resolve((NOTHING as Readonly<Partial<Record<string, unknown>>>)[name] ?? null);
    },
  },
);
const env = {
  ...bindings,
  INCIDENT_DESK: { idFromName: () => null, get: () => deskThatNotes } as never,
};

interface Route {
  readonly method: string;
  readonly path: string;
}

/** All routes but the API's and those that are open; one that takes every method is walked by three of them. */
function routesOf(app: Hono<Bound>): readonly Route[] {
  return app.routes
    .filter(({ path, handler }) => !(path === "/*" && handler.length > 1))
    .filter(({ path }) => !path.startsWith("/v1/") && !OPEN.has(path))
    .flatMap(({ method, path }) =>
      (method === "ALL" ? ["GET", "POST", "PUT"] : [method]).map((each) => ({ method: each, path })),
    );
}

async function send(app: Hono<Bound>, route: Route, init: RequestInit = {}) {
  asked = [];
  const path = route.path.replaceAll(/:[a-z]+/gi, "x").replace("*", "x");
  const answer = await app.fetch(new Request(ORIGIN + path, { method: route.method, ...init }), env);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Whether somebody could sign in by passkey is asked for whoever opens anything, and nothing else. */
const FOR_THE_OFFER: ReadonlySet<string> = new Set<keyof IncidentDeskRpc>(["trustNow", "signInChallenge"]);

/** Which routes answer a stranger otherwise than all others, or ask the desk for one. */
async function openToStrangers(app: Hono<Bound>): Promise<readonly string[]> {
  const { text: usual } = await send(app, { method: "GET", path: "/" });
  const found: string[] = [];
  for (const route of routesOf(app)) {
    const { method, path } = route;
    const { status, text } = await send(app, route, { method, headers: method === "GET" ? {} : OWN_FORM });
    const isAsked = asked.some((name) => !FOR_THE_OFFER.has(name));
    if (status !== 401 || text !== usual || isAsked) found.push(`${method} ${path}`);
  }
  return found;
}

/** A form's token as a view of ours makes it: of another act than any that is tried with it. */
async function foreignToken(app: Hono<Bound>, path: string): Promise<string> {
  const from = path === "/sign-out" ? "/hosts/new" : "/runbooks";
  const { text } = await send(app, { method: "GET", path: from }, { headers: COOKIE });
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? "";
}

const JSON_FORM = { ...OWN_FORM, "content-type": "application/json" };
const FORMS: readonly (readonly [
  what: string,
  status: number,
  headers: Record<string, string>,
  body: string,
])[] = [
  ["without a token", 403, OWN_FORM, "why=x"],
  ["with another act's token", 403, OWN_FORM, "why=x&csrf=FOREIGN"],
  // as JSON, so that it is seen that the origin is looked at, and first
  ["from another origin", 403, { ...JSON_FORM, origin: "https://evil.example" }, "{}"],
  ["from nowhere", 403, { "content-type": JSON_FORM["content-type"] }, "{}"],
  ["too large", 413, OWN_FORM, "x".repeat(HTTP_BODY_BYTES_MAX + 1)],
  ["as JSON", 415, JSON_FORM, "{}"],
  ["as text", 415, { ...OWN_FORM, "content-type": "text/plain" }, "why=x"],
];

/** Which routes take a form that they must not, or ask the desk for more than who it is. */
async function takenForms(app: Hono<Bound>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const route of routesOf(app).filter(({ method }) => method === "POST")) {
    const token = await foreignToken(app, route.path);
    for (const [what, expected, headers, body] of FORMS) {
      const init = { headers: { ...headers, ...COOKIE }, body: body.replace("FOREIGN", token) };
      const { status } = await send(app, route, init);
      // a path that is only shown has no act to refuse
      const isRefused = status === expected || (status === 404 && !app.routes.some(isActAt(route.path)));
      if (!isRefused || asked.some((name) => name !== "visitOf"))
        found.push(`${what}: ${route.path} ${status}`);
    }
  }
  return found;
}

function isActAt(path: string) {
  return (route: Route) => route.path === path && route.method === "POST";
}

function planted(): Hono<Bound> {
  const app = createApp();
  app.get("/planted", (c) => c.text("x"));
  app.put("/planted/:id", (c) => c.text("x"));
  app.post("/planted/act", async (c) => c.text(await c.req.text()));
  return app;
}

beforeEach(forgetAttempts);

describe("every route of people", () => {
  it("is walked: views and acts alike", () => {
    const routes = routesOf(createApp());
    const countOf = (method: string) =>
      new Set(routes.filter((route) => route.method === method).map(({ path }) => path)).size;
    expect(countOf("GET")).toBeGreaterThan(15);
    expect(countOf("POST")).toBeGreaterThan(15);
  });

  it("answers a stranger in the same bytes, and asks nobody", async () => {
    expect(await openToStrangers(createApp())).toEqual([]);
    expect(await openToStrangers(planted())).toEqual([
      "GET /planted",
      "PUT /planted/:id",
      "POST /planted/act",
    ]);
  });

  it("refuses a form that is not its own before it does anything", async () => {
    expect(await takenForms(createApp())).toEqual([]);
    expect(await takenForms(planted())).toHaveLength(FORMS.length);
  });

  it("has the headers of a view, whatever its answer", async () => {
    const app = createApp();
    for (const route of [...routesOf(app), { method: "GET", path: "/nowhere" }])
      for (const headers of [{}, COOKIE]) {
        const answer = await send(app, route, { headers });
        const where = `${route.method} ${route.path}`;
        expect(answer.headers.get("content-security-policy"), where).toMatch(/^default-src 'none'; /);
        expect(answer.headers.get("cache-control"), where).toBe("no-store");
        expect(answer.headers.get("x-frame-options"), where).toBe("DENY");
        expect(answer.headers.get("strict-transport-security"), where).toBeNull();
      }
  });
});

describe("a script", () => {
  it("may run in exactly the views in which somebody can sign, and is the desk's own", async () => {
    const app = createApp();
    const open: string[] = [];
    for (const route of [...routesOf(app), { method: "GET", path: "/nowhere" }])
      for (const headers of [{}, COOKIE]) {
        const { headers: answered, text } = await send(app, route, { headers });
        const policy = answered.get("content-security-policy") ?? "";
        const signs = text.includes("data-passkey");
        expect(/script-src ([^;]*)/.exec(policy)?.[1], route.path).toBe(signs ? "'self'" : undefined);
        if (signs) open.push(`${route.method} ${route.path}`);
      }
    expect([...new Set(open)]).toEqual(["GET /passkey"]);
  });

  it("is kept for good by its name alone, and asked for anew by any other", async () => {
    const cacheOf = async (source: string) =>
      (await createApp().fetch(new Request(ORIGIN + source), env)).headers.get("cache-control");
    expect(await cacheOf(PASSKEY_SCRIPT_SOURCE)).toBe("public, max-age=31536000, immutable");
    expect(await cacheOf("/passkey.js?another")).toBe("no-cache");
  });
});

describe("a GET", () => {
  it("asks the desk questions alone", async () => {
    const app = createApp();
    const names = new Set<string>();
    for (const route of routesOf(app).filter(({ method }) => method === "GET")) {
      const { status } = await send(app, route, { headers: COOKIE });
      expect([200, 303, 404, 409], route.path).toContain(status);
      for (const name of asked) names.add(name);
    }
    const questions: readonly (keyof DeskReads | "visitOf")[] = [
      "approval",
      "approversNow",
      "asksOn",
      "auditRows",
      "brakes",
      "findHosts",
      "hostAt",
      "hostsNow",
      "incident",
      "overview",
      "policyFor",
      "policyInForce",
      "reach",
      "registered",
      "shadow",
      "showPolicy",
      "signIns",
      "standingHistory",
      "testPage",
      "trustNow",
      "unprojectedSinceAt",
      "visitOf",
    ];
    expect([...names].toSorted()).toEqual(questions);
  });

  it("holds nothing by which it could act: neither in what it may ask nor in its bindings", () => {
    type Act = Exclude<keyof IncidentDeskRpc, keyof DeskReads>;
    expectTypeOf<"act" | "applyPolicy" | "endSignIn">().toExtend<Act>();
    expectTypeOf<Exclude<keyof HostShardRpc, keyof ShardReads>>().toEqualTypeOf<
      Exclude<keyof HostShardRpc, "host" | "hostTraits" | "lastWords">
    >();
    expectTypeOf<keyof ViewBound["Bindings"]>().toEqualTypeOf<"POLICY" | "PUBLIC_URL">();
    expectTypeOf<keyof ViewBound["Variables"]>().toEqualTypeOf<
      "visitor" | "frame" | "reads" | "noteIncidentSeen" | "noteSeen" | "refusals"
    >();
  });
});

describe("a form", () => {
  it("says what it asks for, and holds nothing by which it could do anything else", () => {
    expectTypeOf<FormBound["Bindings"]>().toEqualTypeOf<ViewBound["Bindings"]>();
    expectTypeOf<keyof FormBound["Variables"]>().toEqualTypeOf<
      "visitor" | "form" | "proposalHash" | "reads" | "refusals"
    >();
  });
});
