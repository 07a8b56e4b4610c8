// Stories about what follows after a channel took a page: it swallows, its provider says what became of it, it wants to
// be left alone, it is broken.
import { afterAll, expect, vi } from "vitest";
import { CHANNELS } from "../../control-plane/src/channels/channel-list.ts";
import { CALLS, SURE } from "../unit/core/desk/deliveries/sure-channel.ts";

const LIST = "../../control-plane/src/channels/channel-list.ts";
vi.resetModules();
vi.doMock(LIST, () => ({
  CHANNELS: [...CHANNELS, SURE, CALLS],
}));
const { minutes, seconds, story } = await import("./world.ts");

// Stories share their modules.
afterAll(() => {
  vi.doUnmock(LIST);
  vi.resetModules();
});

const policy = {
  channels: {
    push: { kind: "sure" },
    text: { kind: "sure", to: "another" },
    feed: { kind: "ntfy", topic: "feed" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["push", "text"] },
    { id: "bob", name: "Bob", channels: ["text", "feed"] },
  ],
};
const ALL_AT_ONCE = { escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }], repeat: "15m" } };

story(
  "the first channel swallows and its provider never says that it arrived: the next one brings it within 60 s",
  (world) => {
    world.channel("push", "loses");
    world.channel("text", "confirms");
    world.host("web-1").fallsSilent();
    world.advance(seconds(66));
    world.expectNoPage();
    world.advance(seconds(60));
    world.expectPage("alice", { reason: "host-silent", channel: "text" });
    world.advance(minutes(3));
    world.expectNoPage();
    world.expectAudit("page-swallowed");
  },
  { policy },
);

story(
  "acknowledged on the phone itself: everybody's phones fall silent",
  (world) => {
    world.channel("push", "confirms");
    world.channel("text", "confirms");
    world.host("web-1").fallsSilent();
    world.advance(seconds(75));
    const alices = world.expectPage("alice", { reason: "host-silent", channel: "push" });
    const bobs = world.expectPage("bob", { reason: "host-silent", channel: "text" });
    world.acknowledgesOnPhone(alices, "push");
    world.advance(minutes(30));
    // Alice's own provider knows it.
    expect(world.settled).toEqual([`acknowledged ${bobs.key}@text`]);
    world.expectNoPage();
    world.expectAuditSays("incident-acknowledged", "by push");
    world.expectAudit("incident-acknowledged");
  },
  { policy: { ...policy, ...ALL_AT_ONCE } },
);

story(
  "each of her channels takes the page and none brings it: the others are told, until one arrives",
  (world) => {
    for (const name of ["push", "text"]) world.channel(name, "loses");
    world.host("web-1").fallsSilent();
    world.advance(seconds(140));
    world.expectPage("bob", {
      reason: "page-undelivered",
      channel: "feed",
      says: "taken by push and text, arrived by none",
    });
    world.advance(minutes(5));
    world.expectNoPage();
    world.channel("text", "confirms");
    world.advance(minutes(15));
    world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent", channel: "text" }));
    world.expectPage("bob", { reason: "page-undelivered", kind: "recovered", says: "A page reached them" });
    world.advance(minutes(30));
    world.expectNoPage();
    world.expectAuditsOf("page-swallowed");
    world.expectAudit("page-undeliverable", "incident-acknowledged", "incident-resolved");
  },
  {
    policy: {
      ...policy,
      responders: [policy.responders[0], { ...policy.responders[1], channels: ["feed"] }],
      escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
    },
  },
);

story(
  "a provider says Retry-After: nothing is sent on it before, others are reached",
  (world) => {
    world.channel("push", "asks-to-wait");
    world.host("web-1").fallsSilent();
    world.advance(seconds(67));
    world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent", channel: "text" }));
    world.channel("push", "works");
    world.host("web-2").service("demo").fails();
    world.advance(seconds(30));
    world.expectPage("alice", { reason: "check-failing", channel: "text" });
    world.advance(minutes(2));
    world.host("web-3").service("other").fails();
    world.advance(seconds(30));
    world.expectPage("alice", { reason: "check-failing", channel: "push" });
    world.expectAudit("page-failed", "incident-acknowledged");
  },
  { policy },
);

story(
  "a channel that fails for good is told by another way, and its end too",
  (world) => {
    world.channel("push", "refuses");
    world.host("web-1").fallsSilent();
    world.advance(seconds(70));
    world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent", channel: "text" }));
    for (const [person, channel] of [
      ["alice", "text"],
      ["bob", "text"],
    ] as const)
      world.expectPage(person, {
        reason: "page-undelivered",
        channel,
        says: "Channel push takes no pages: 404",
      });
    world.channel("push", "works");
    world.advance(minutes(6));
    world.host("web-2").service("demo").fails();
    world.advance(seconds(30));
    world.expectPage("alice", { reason: "check-failing", channel: "push" });
    for (const person of ["alice", "bob"])
      world.expectPage(person, { reason: "page-undelivered", kind: "recovered" });
    world.expectAudit("page-failed", "incident-acknowledged", "incident-resolved");
  },
  { policy },
);

story(
  "at once: a ring comes by all of a person's channels, with one key",
  (world) => {
    world.host("web-1").fallsSilent();
    world.advance(seconds(66));
    const page = world.expectPage("alice", { reason: "host-silent" });
    expect(world.channelsOf(page)).toEqual(["push", "text"]);
  },
  {
    policy: {
      ...policy,
      responders: [{ ...policy.responders[0], send: "at-once" }, policy.responders[1]],
    },
  },
);
