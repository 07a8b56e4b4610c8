// One more channel is a file and a line of the list: here a fourth one is in the list, and everything else knows it. What this holds is that
// nothing anywhere switches over the kinds of channels. Unit tests share their modules, so what reads the list is loaded anew, before and after.
import { afterAll, afterEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { NO_RECORDS } from "@countersign/shared/values/records";
import { ok } from "@countersign/shared/values/result";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import { AddressText, Insecure, SecretName } from "../../../control-plane/src/channels/channel-settings.ts";
import { channelKind } from "../../../control-plane/src/channels/channel.ts";

const PIGEON = channelKind({
  kind: "pigeon",
  traits: {
    name: "a pigeon",
    wakes: "nobody",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "corn",
  },
  settings: z.strictObject({
    kind: z.literal("pigeon"),
    loft: AddressText,
    ring: z.string(),
    secret: SecretName.optional(),
    insecure: Insecure,
  }),
  addressKeys: ["loft", "ring"],
  addressOf: ({ insecure, loft }) => ({ key: "loft", text: loft, insecure }),
  problemOf: ({ ring }) => (ring === "" ? "the pigeon has no ring" : null),
  request: async ({ loft }, { title }) =>
    ok({ by: "network", request: new Request(loft, { method: "POST", body: title }) }),
});

const LIST = "../../../control-plane/src/channels/channel-list.ts";
vi.resetModules();
vi.doMock(LIST, () => ({ CHANNELS: [...CHANNELS, PIGEON] }));
const { judgeRoutes, planRouteChecks } = await import("../../../control-plane/src/platform/desk/routes.ts");
const { sendPage } = await import("../../../control-plane/src/platform/desk/send-page.ts");
const { diffPolicies } = await import("../../../control-plane/src/policy/policy-diff.ts");
const { parsePolicyText } = await import("../../../control-plane/src/policy/policy-file.ts");
const { Policy } = await import("../../../control-plane/src/policy/policy.ts");

afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.doUnmock(LIST);
  vi.resetModules();
});

const policyOf = (pigeon: object) =>
  parsePolicyText(JSON.stringify({ version: 1, channels: { terminal: { kind: "terminal" }, way: pigeon } }));
const pigeon = { kind: "pigeon", loft: "https://loft.test/in", ring: "r1" };
const bindings = { PUBLIC_URL: "https://desk.test" };

function read(channel: object) {
  const parsed = policyOf(channel);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error.problems));
  return parsed.value;
}

it("a policy takes it, with the rules of all channels", () => {
  expect(policyOf(pigeon).ok).toBe(true);
  for (const wrong of [
    { extra: 1 },
    { ring: undefined },
    { loft: "http://169.254.169.254" },
    { loft: "http://loft.test" },
    { secret: "DESK_PRIVATE_KEY" },
  ])
    expect([wrong, policyOf({ ...pigeon, ...wrong }).ok]).toEqual([wrong, false]);
  expect(JSON.stringify(z.toJSONSchema(Policy, { io: "input" }))).toContain('"const":"pigeon"');
});

it("the diff of policies hides where it sends", () => {
  const changes = diffPolicies(read({ kind: "terminal" }), read(pigeon));
  expect(changes.filter(({ isAddress }) => isAddress).map(({ path }) => path)).toEqual([
    "channels.way.loft",
    "channels.way.ring",
  ]);
});

it("its problems are found before a page needs it", () => {
  const problems = planRouteChecks(NO_RECORDS, read({ ...pigeon, ring: "" }), bindings);
  expect(problems).toContainEqual({
    kind: "route-checked",
    channel: "way",
    problem: "the pigeon has no ring",
  });
  expect(
    planRouteChecks(NO_RECORDS, read(pigeon), bindings).map(
      (event) => event.kind === "route-checked" && event.channel,
    ),
  ).toEqual(["terminal"]);
});

it("that it can be read along is said", () => {
  const open = read({ ...pigeon, loft: "http://10.0.0.5", insecure: true });
  expect(judgeRoutes(open, bindings)).toContainEqual({ reason: "channel-insecure", channel: "way" });
});

it("a page goes out on it", async () => {
  const urls: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (request) => {
    urls.push((request as Request).url);
    return new Response();
  });
  const page = {
    key: "k",
    kind: "ring",
    incidentId: null,
    approvalId: null,
    earlier: null,
    responder: "operator",
    severity: "error",
    title: "t",
    body: "b",
    createdAt: 0,
    path: "/",
  } as const;
  expect((await sendPage(page, "way", { policy: read(pigeon), bindings, now: 0 })).result).toBe("delivered");
  expect(urls).toEqual(["https://loft.test/in"]);
});
