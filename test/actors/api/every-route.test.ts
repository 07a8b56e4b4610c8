// Every line of the table of routes × everybody who may ask × an id that is theirs, one that is not there and one that cannot be. What is
// expected follows from the line's right alone: who is refused is told the same whatever they ask for, and changes nothing.
import { runInDurableObject, SELF } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256Hex } from "@countersign/shared/values/digest";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { Problem } from "@countersign/shared/wire/problem";
import type { Right, Route } from "../../../control-plane/src/api/table/route.ts";
import { type Call, eachRoute, partsOf } from "../../../control-plane/src/api/table/routes.ts";
import { expectAnswerOf } from "../world/closed-answer.ts";
import { bindings, desk, dial, helloOf, ORIGIN, shard } from "../world/fleet.ts";
import { enrolmentOf, type Given, makeWorld, SAMPLES, type Samples, type World } from "./sample-requests.ts";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ADMIN = "the admin token";
const ROLES: Readonly<Record<string, (world: World) => Readonly<Record<string, string>>>> = {
  nobody: () => ({}),
  "a wrong admin token": () => bearer(`${bindings.ADMIN_TOKEN}x`),
  "a person's cookie": ({ cookie }) => ({ cookie }),
  "an enrolment token": ({ enrolmentToken }) => bearer(enrolmentToken),
  "a host's key": ({ host }) => bearer(host.key.privateKey),
  [ADMIN]: () => bearer(bindings.ADMIN_TOKEN),
};
const IDS = ["own", "foreign", "malformed"] as const satisfies readonly (keyof Samples)[];

/** Says whether a right lets a role through to the answer; what the two other proofs are worth is tested below. */
function isLetIn(right: Right, role: string): boolean {
  switch (right) {
    case "admin-token":
      return role === ADMIN;
    case "anyone":
    case "enrolment-token":
    case "host-key":
    case "provider-proof":
      return true;
  }
}

let world: World;
let requestCount = 0;
beforeEach(async () => {
  world = await makeWorld();
});

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly reason: string | null;
  readonly allow: string | null;
}

async function send(call: Call, given: Given, headers: Readonly<Record<string, string>>): Promise<Sent> {
  const [method, template] = partsOf(call);
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => given.params?.[name] ?? "");
  const query = new URLSearchParams(given.query).toString();
  const body =
    given.body === undefined || typeof given.body === "string" ? given.body : JSON.stringify(given.body);
  return request(method, query === "" ? path : `${path}?${query}`, { headers, body });
}

async function request(
  method: string,
  path: string,
  init: { headers: Readonly<Record<string, string>>; body?: string | undefined },
): Promise<Sent> {
  // each comes from an address of its own: how many failures turn one away is tested in test/actors/hosts/strangers.test.ts
  requestCount += 1;
  const headers = new Headers(init.headers);
  headers.set("cf-connecting-ip", `10.0.${requestCount >> 8}.${requestCount & 255}`);
  if (method === "GET" && path.startsWith("/v1/agent/")) headers.set("upgrade", "websocket");
  const { body = null } = init;
  const answer = await SELF.fetch(ORIGIN + path, { method, headers, body });
  answer.webSocket?.accept();
  answer.webSocket?.close();
  if (answer.status === 101) return { status: 101, text: "", reason: null, allow: null };
  await expectAnswerOf({ method, path }, answer.clone());
  const text = await answer.text();
  const problem = answer.ok ? null : Problem.loose().safeParse(JSON.parse(text)).data;
  const reason = problem?.type.replace("urn:countersign:problem:", "") ?? null;
  return { status: answer.status, text, reason, allow: answer.headers.get("allow") };
}

/** What moves by itself: when something was last sent to D1, and what a shard writes for replays once somebody reads them. */
const MOVING = ["recorded_history", "sent"];

/** A digest for each kind of thing that the desk and the shard have stored. */
async function stored(): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (const actor of [desk(), shard()]) {
    await actor.settled();
    const rows = await runInDurableObject(actor as DurableObjectStub, (_instance, { storage }) =>
      rowsOf(storage.sql),
    );
    for (const [kind, texts] of Map.groupBy(rows, ({ kind }) => kind))
      if (!MOVING.includes(kind)) kinds.push(`${kind}: ${texts.length}, ${sha256Hex(JSON.stringify(texts))}`);
  }
  return kinds;
}

/** All rows, by table or, where one holds several, by kind. */
function rowsOf(sql: SqlStorage): readonly { readonly kind: string; readonly row: object }[] {
  const tables = sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_' ORDER BY name",
    )
    .toArray();
  return tables.flatMap(({ name }) =>
    sql
      .exec(`SELECT * FROM "${name}"`)
      .toArray()
      .map((row) => ({ kind: name === "records" ? (row["kind"] as string) : name, row })),
  );
}

function samplesOf(call: Call): readonly (readonly [id: keyof Samples, given: Given])[] {
  const samples = SAMPLES[call](world);
  return IDS.flatMap((id) => (samples[id] === undefined ? [] : [[id, samples[id]] as const]));
}

describe("every route", () => {
  it.each(Object.keys(ROLES).filter((role) => role !== ADMIN))(
    "refuses %s whatever is asked for, or asks for no right",
    async (role) => {
      const before = await stored();
      const [reached, told] = [new Set<Call>(), new Set<string>()];
      const headers = ROLES[role]?.(world) ?? {};
      for (const [call, { right }] of eachRoute()) {
        reached.add(call);
        if (isLetIn(right, role)) continue;
        for (const [id, given] of samplesOf(call)) {
          const { reason, status, text } = await send(call, given, headers);
          expect([call, id, status, reason]).toEqual([call, id, 401, "admin-unauthorised"]);
          told.add(text);
        }
      }
      expect([...reached].toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
      expect(told.size).toBe(1);
      expect(await stored()).toEqual(before);
      for (const [call, route] of eachRoute().filter(([, { right }]) => isLetIn(right, role)))
        for (const [id, given] of samplesOf(call)) await expectLetIn(call, route, { id, given, headers });
    },
  );

  it("answers the admin token: what is there, what is not, what cannot be", async () => {
    const headers = ROLES[ADMIN]?.(world) ?? {};
    for (const ids of [["foreign", "malformed"], ["own"]])
      for (const [call, route] of eachRoute())
        for (const [id, given] of samplesOf(call))
          if (ids.includes(id)) await expectLetIn(call, route, { id, given, headers });
  });

  it("changes nothing by a GET, nor by what cannot be, and by what is not there nothing but the audit", async () => {
    const before = await stored();
    const headers = ROLES[ADMIN]?.(world) ?? {};
    const lines = eachRoute().filter(([, { right }]) => right !== "host-key");
    for (const [call] of lines)
      for (const [id, given] of samplesOf(call))
        if (call.startsWith("GET") || id === "malformed") await send(call, given, headers);
    expect(await stored()).toEqual(before);
    for (const [call] of lines)
      for (const [id, given] of samplesOf(call)) if (id === "foreign") await send(call, given, headers);
    const isAudit = (kind: string) => kind.startsWith("audit:");
    expect((await stored()).filter((kind) => !isAudit(kind))).toEqual(
      before.filter((kind) => !isAudit(kind)),
    );
  });

  it("has no other method, and names those that it has only to who may ask", async () => {
    for (const [call, { right }] of eachRoute()) {
      const [, template] = partsOf(call);
      const path = template.replaceAll(
        /:(\w+)/g,
        (_, name: string) => SAMPLES[call](world).own.params?.[name] ?? "",
      );
      for (const [role, headersOf] of Object.entries(ROLES)) {
        const { allow, status } = await request("PATCH", path, { headers: headersOf(world) });
        expect([call, role, status]).toEqual([call, role, isLetIn(right, role) ? 405 : 401]);
        expect((allow ?? "").includes(partsOf(call)[0])).toBe(isLetIn(right, role));
      }
    }
  });
});

async function expectLetIn(
  call: Call,
  route: Route,
  { given, headers, id }: { id: keyof Samples; given: Given; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { reason, status } = await send(call, given, headers);
  // None of these is a channel's provider; what its proof is worth: test/actors/api/channels.test.ts.
  if (route.right === "provider-proof" && id !== "malformed")
    expect([call, reason]).toEqual([call, "provider-unproven"]);
  else if (id === "own")
    expect([call, Object.keys(route.answers)]).toEqual([call, expect.arrayContaining([String(status)])]);
  else if (id === "foreign") expect([call, route.problems]).toEqual([call, expect.arrayContaining([reason])]);
  else expect([call, reason]).toEqual([call, given.params === undefined ? "body-malformed" : "not-found"]);
}

describe("a body or a query that is wrong", () => {
  const withBody = eachRoute().filter(([, { body }]) => body !== undefined);
  const withQuery = eachRoute().filter(([, { query }]) => query !== undefined);
  const headers = { authorization: `Bearer ${bindings.ADMIN_TOKEN}` };

  it("is there to be tried", () => {
    expect([withBody.length, withQuery.length]).toEqual([15, 10]);
  });

  it.each(withBody)(
    "is told so by %s, and does nothing",
    async (call, { bodyBytesMax = HTTP_BODY_BYTES_MAX }) => {
      const before = await stored();
      const { own } = SAMPLES[call](world);
      const full = JSON.stringify({ ...(own.body as object), unknown: "x".repeat(bodyBytesMax) });
      for (const [body, status, reason] of [
        [full, 413, "body-too-large"],
        ["{", 400, "body-malformed"],
        ["[]", 400, "body-malformed"],
        [JSON.stringify({ ...(own.body as object), unknown: 1 }), 400, "body-malformed"],
        ['{"__proto__":{"by":"x"}}', 400, "body-malformed"],
      ] as const)
        expect([body.slice(0, 60), await send(call, { ...own, body }, headers)]).toMatchObject([
          body.slice(0, 60),
          { status, reason },
        ]);
      expect(await stored()).toEqual(before);
    },
  );

  it.each(withQuery)("is told so by %s", async (call) => {
    const { own } = SAMPLES[call](world);
    const sent = await send(call, { ...own, query: { ...own.query, unknown: "1" } }, headers);
    expect(sent).toMatchObject({ status: 400, reason: "body-malformed" });
  });
});

describe("a proof that stands elsewhere than in a header", () => {
  const roles = Object.entries(ROLES);

  it.each(roles)("enrols nobody by %s: it takes a token that was made for it", async (_role, headersOf) => {
    const before = await stored();
    const headers = headersOf(world);
    const held = (headers["authorization"] ?? headers["cookie"] ?? "none").replace("Bearer ", "");
    const isToken = held === world.enrolmentToken;
    const sent = await send("POST /v1/enrol", { body: await enrolmentOf(held) }, headers);
    expect(sent.status).toBe(isToken ? 200 : 400);
    const after = await stored();
    if (isToken) expect(after).not.toEqual(before);
    else expect(after).toEqual(before);
  });

  it.each(roles)("connects nobody as a host by %s: it takes the host's own key", async (_role, headersOf) => {
    const { host, otherHost } = world;
    const { status } = await send(
      "GET /v1/agent/connect/:shard/:host",
      SAMPLES["GET /v1/agent/connect/:shard/:host"](world).own,
      headersOf(world),
    );
    expect(status).toBe(101);
    const before = await stored();
    const stranger = await dial(host);
    const { challenge } = await stranger.expect("challenge");
    stranger.send(await helloOf({ ...host, key: otherHost.key }, challenge));
    expect(await stranger.expectClose()).toBe(4401);
    expect(await stored()).toEqual(before);
  });
});
