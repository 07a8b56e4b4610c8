// A scanner, as mail and chat servers run them: it follows every link and submits every form of every view that it finds, without a
// gesture of a person. Whatever it does, nothing of the desk changes.
import { describe, expect, it, vi } from "vitest";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { PATIENT } from "../../patience.ts";
import { connectedAgent, desk, enrolledHost } from "../world/fleet.ts";
import { firstPasskey, signedYes } from "../world/passkeys.ts";
import { actsOn } from "../world/workerd-words.ts";
import { deskMemory, openApproval, OWN_FORM, signedInDevice, STRANGER, type Device } from "./device.ts";

const VIEWS_MAX = 150;
/** What it looks for; each stands for one kind of view that can act. */
const ACTS = [
  "/approve",
  "/deny",
  "/acknowledge",
  "/brake/freeze/",
  "/brake/lift/",
  "/silences/add/",
  "/silences/end/",
];
const MORE_ACTS = ["/standing/give", "/standing/revoke/", "/policy/undo/", "/shadow/", "/hosts/new"];

interface Found {
  /** paths that are linked to, and lead nowhere */
  readonly dead: readonly string[];
  readonly links: ReadonlySet<string>;
  readonly posts: ReadonlySet<string>;
}

/** Follows links, and forms that only search, until nothing new is found. */
async function crawl(device: Device, from: readonly string[]): Promise<Found> {
  const links = new Set(from);
  const posts = new Set<string>();
  const dead: string[] = [];
  for (const path of links) {
    if (links.size > VIEWS_MAX) break;
    // A prefetch, so that nothing looks like a person who opens an approval.
    const answer = await device.request(path, { headers: { "Sec-Purpose": "prefetch" } });
    if (answer.status !== 200) dead.push(path);
    const html = (await answer.text()).replaceAll("&amp;", "&");
    for (const [, link = ""] of html.matchAll(/href="(\/[^"#]*)"/g)) links.add(link);
    for (const [, method = "", action = ""] of html.matchAll(/<form\b[^>]*method="(\w+)" action="([^"]*)"/g))
      if (method === "post") posts.add(action);
      else links.add(`${action}?q=demo&action=restart&uses=1&hours=1&why=x`);
  }
  return { dead, links, posts };
}

async function busyDesk(): Promise<{ device: Device; from: readonly string[] }> {
  const device = await signedInDevice();
  const host = await enrolledHost();
  await connectedAgent(host);
  const { approvalId, incidentId } = await openApproval({}, host);
  const subject = { kind: "service", hostId: host.hostId, hostName: "web-1", service: "other" } as const;
  await actsOn("operator", { kind: "freeze", scope: subject, why: "why" });
  const matcher = { hostId: host.hostId, service: "demo", reason: null };
  const now = Date.now();
  await actsOn("operator", { kind: "silence", matcher, why: "x", startsAt: now, endsAt: now + 3_600_000 });
  await desk().applyPolicy({
    expectedVersion: 0,
    by: byPerson("operator"),
    why: "x",
    text: "version: 1\n",
    keepText: true,
  });
  const own = await firstPasskey();
  const path = `/standing/review/service%2F${host.hostId}%2Fdemo?action=restart&uses=1&hours=1&why=x`;
  await device.submit(await signedYes(await device.form(path, "/give"), own));
  await vi.waitUntil(
    async () => (await desk().incident(incidentId))?.pages.every(({ state }) => state === "delivered"),
    PATIENT,
  );
  await desk().settled();
  return { device, from: ["/", `/approvals/${approvalId}`, `/incidents/${incidentId}`] };
}

describe("a scanner", () => {
  it("with a person's cookie follows every link and changes nothing; every kind of act is behind a form", async () => {
    const { device, from } = await busyDesk();
    const before = await deskMemory();
    const { dead, links, posts } = await crawl(device, from);
    // no shard knows the service that is frozen here, so no silence of it can be asked for
    expect(dead.filter((path) => !/%2Fother(?:\?|$)/.test(path))).toEqual([]);
    expect(links.size).toBeGreaterThan(40);
    for (const act of [...ACTS, ...MORE_ACTS.filter((each) => each !== "/shadow/")])
      expect(
        [...posts].some((post) => post.includes(act)),
        act,
      ).toBe(true);
    for (const post of posts) await device.request(post, { headers: { "Sec-Purpose": "prefetch" } });
    expect(await deskMemory()).toBe(before);
  });

  it("submits every form barely, or as another site would, and changes nothing", async () => {
    const { device, from } = await busyDesk();
    const { posts } = await crawl(device, from);
    const before = await deskMemory();
    for (const action of posts) {
      const fields = { why: "x", hours: "1", content: "{}", deviceName: "Bot" };
      expect((await device.submit({ action, fields })).status, action).toBe(403);
      const foreign = { ...OWN_FORM, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      expect((await device.submit({ action, fields }, foreign)).status, action).toBe(403);
      expect((await STRANGER.submit({ action, fields })).status, action).toBe(401);
    }
    expect(await deskMemory()).toBe(before);
  });
});
