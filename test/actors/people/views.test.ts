// Reading views: they change nothing, tell strangers nothing, and are small, closed and never cached.
import { describe, expect, it, vi } from "vitest";
import { createApp } from "../../../control-plane/src/app.ts";
import { PATIENT } from "../../patience.ts";
import { letRing } from "../world/desk-story.ts";
import { bindings, desk, ORIGIN, takeClock } from "../world/fleet.ts";
import { deskMemory, openApproval, signedInDevice, STRANGER } from "./device.ts";

/** The approval view's limit as it travels, compressed: it must load on a bad phone connection. */
const APPROVAL_VIEW_BYTES_MAX = 9_000;

function pathsOf(ids: { readonly approvalId: string; readonly incidentId: string }): readonly string[] {
  const { approvalId, incidentId } = ids;
  return [
    "/",
    `/incidents/${incidentId}`,
    `/approvals/${approvalId}`,
    "/audit",
    "/audit?before=2",
    "/hosts/new",
    "/sign-in/x",
  ];
}

async function settledApproval() {
  const clock = takeClock();
  const ids = await openApproval();
  // the first page goes out by itself; what it changes must not be blamed on a GET
  await letRing(clock);
  await vi.waitUntil(async () => {
    const pages = (await desk().incident(ids.incidentId))?.pages ?? [];
    return pages.length > 0 && pages.every(({ state }) => state === "delivered");
  }, PATIENT);
  return ids;
}

describe("a signed-in device's GET and HEAD", () => {
  it("change nothing in any view when they fetch ahead", async () => {
    const device = await signedInDevice();
    const ids = await settledApproval();
    const before = await deskMemory();
    for (const path of pathsOf(ids)) {
      for (const init of [{ method: "HEAD" }, { headers: { "Sec-Purpose": "prefetch;prerender" } }])
        expect((await device.request(path, init)).status, path).toBe(200);
    }
    expect(await deskMemory()).toBe(before);
  });

  it("record one thing: that a person opened the approval", async () => {
    const device = await signedInDevice();
    const ids = await settledApproval();
    for (let count = 0; count < 2; count += 1)
      for (const path of pathsOf(ids)) await (await device.request(path)).text();
    const acts = (await desk().auditRows({ before: null, limit: 100 })).map(({ act }) => act);
    expect(acts.filter((act) => act === "approval-seen")).toHaveLength(1);
    const found = await desk().approval(ids.approvalId);
    expect(found?.approval).toMatchObject({ state: "seen", decidedAt: null });
  });
});

describe("a stranger", () => {
  it("gets one and the same view for everything, there or not, and leaves no trace", async () => {
    const ids = await settledApproval();
    const before = await deskMemory();
    const paths = [
      ...pathsOf(ids).filter((path) => path !== "/sign-in/x"),
      "/approvals/apr_none",
      "/incidents/x",
    ];
    const answers = await Promise.all(paths.map((path) => STRANGER.request(path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 401));
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).not.toMatch(/web-1|demo|apr_|operator/);
    expect(await deskMemory()).toBe(before);
  });

  it.each([
    "__Host-countersign-sign-in=x",
    `__Host-countersign-sign-in=${"x".repeat(5_000)}`,
    "countersign-sign-in=x",
  ])("with a cookie of nobody is still one (%#)", async (cookie) => {
    expect((await STRANGER.request("/", { headers: { cookie } })).status).toBe(401);
  });
});

describe("every view", () => {
  it("is closed to scripts, frames and caches", async () => {
    const device = await signedInDevice();
    for (const path of [...pathsOf(await openApproval()), "/nowhere"]) {
      const { headers } = await device.request(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy, path).toMatch(
        /^default-src 'none'; img-src 'self'; manifest-src 'self'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
    }
  });

  it("escapes what a host sends", async () => {
    const device = await signedInDevice();
    const { approvalId } = await openApproval({
      argv: ["/bin/x", `<script>alert("1")</script>`, "\u202Egpj.sh"],
    });
    const html = await (await device.request(`/approvals/${approvalId}`)).text();
    expect(html).not.toContain("<script");
    expect(html).toContain("<mark>U+202E</mark>gpj.sh");
  });

  it("of an approval stays small, also with the longest argv", async () => {
    const device = await signedInDevice();
    const { approvalId } = await openApproval({ argv: Array.from({ length: 12 }, () => "/".repeat(256)) });
    const { body } = await device.request(`/approvals/${approvalId}`);
    const travels = body?.pipeThrough(new CompressionStream("gzip"));
    const bytes = await new Response(travels ?? null).arrayBuffer();
    expect(bytes.byteLength).toBeGreaterThan(0);
    expect(bytes.byteLength).toBeLessThan(APPROVAL_VIEW_BYTES_MAX);
  });
});

describe("what is not there", () => {
  it("is a view for browsers and a problem document for the API", async () => {
    const view = await STRANGER.request("/nowhere", { headers: { accept: "text/html" } });
    expect([view.status, view.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
    const api = await STRANGER.request("/v1/nowhere");
    expect([api.status, api.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    const device = await signedInDevice();
    expect((await device.request("/approvals/apr_none")).status).toBe(404);
    expect((await device.request("/incidents/inc_none")).status).toBe(404);
  });
});

describe("a failure of ours", () => {
  it("shows no stack and no reason", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const cookie = (await signedInDevice()).cookie;
    const broken = { ...bindings, POLICY: "version: secret-detail" };
    const { approvalId } = await openApproval();
    const request = new Request(`${ORIGIN}/approvals/${approvalId}`, { headers: { cookie } });
    const answer = await createApp().fetch(request, broken);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/secret-detail|POLICY|at .*\.tsx?/);
  });

  it("of a shard costs the desk's view only what is known of its hosts, and that is said", async () => {
    const device = await signedInDevice();
    await openApproval();
    await desk().noteShards([{ shard: "shard-0", answer: null }]);
    const namespace = {
      idFromName: () => null,
      get: () => ({ host: () => Promise.reject(new Error("gone")) }),
    };
    const request = new Request(`${ORIGIN}/`, { headers: { cookie: device.cookie } });
    const answer = await createApp().fetch(request, { ...bindings, HOST_SHARD: namespace as never });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/1 incident needs you[\s\S]*data-says="blind"[\s\S]*shard-0/);
  });
});
