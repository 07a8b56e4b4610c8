// Stories about the human path: channels that fail, people who answer or do not.
import { minutes, seconds, story } from "./world.ts";

story("the pager fails over to the second channel within seconds", (world) => {
  world.channel("push", "fails");
  world.host("web-1").fallsSilent();
  world.advance(seconds(66));
  world.expectPage("alice", { reason: "host-silent", channel: "text" });
  world.expectAudit("page-failed");
});

story("a channel that never answers counts as failed after twenty seconds", (world) => {
  world.channel("push", "hangs");
  world.host("web-1").fallsSilent();
  world.advance(seconds(78));
  world.expectNoPage();
  world.advance(seconds(8));
  world.expectPage("alice", { reason: "host-silent", channel: "text" });
});

story("all channels are down for a while: the page arrives when one is back, once", (world) => {
  world.channel("push", "fails");
  world.channel("text", "fails");
  world.host("web-1").fallsSilent();
  world.advance(seconds(90));
  world.expectNoPage();
  world.channel("push", "works");
  world.advance(seconds(45));
  world.expectPage("alice", { reason: "host-silent", channel: "push" });
  // While both failed nobody could be told; now both are, of the one that still does.
  for (const person of ["alice", "bob"])
    world.expectPage(person, {
      reason: "page-undelivered",
      says: "Channel text takes no pages",
      channel: "push",
    });
  world.expectNoPage();
  world.expectAuditsOf("page-failed");
});

story("an acknowledgement keeps quiet for an hour, lapses, and paging goes on", (world) => {
  world.host("web-1").fallsSilent();
  world.advance(seconds(65));
  world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent" }));
  world.advance(minutes(59));
  world.expectNoPage();
  world.advance(minutes(2));
  world.expectPage("alice", { reason: "host-silent", says: "Still firing" });
  world.expectAudit("incident-acknowledged", "acknowledgement-lapsed");
});

story("the control plane crashes between deciding a page and sending it: the page still arrives", (world) => {
  world.channel("push", "hangs");
  world.host("web-1").fallsSilent();
  world.advance(seconds(65));
  world.controlPlaneStops();
  world.channel("push", "works");
  world.advance(seconds(5));
  world.controlPlaneStarts();
  world.advance(seconds(30));
  world.expectPage("alice", { reason: "host-silent" });
});
