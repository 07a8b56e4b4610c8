// A host's part in the decisions of its shard, in view of that host alone and of what it shares with the others: it costs the same with a
// thousand hosts as with one. Pure. decide-shard.ts decides the rest, puts the host back among the others and numbers what is signalled;
// it is the one way to decide, for one host as for all.
// What a reader would get wrong: nothing here sees another host. While a gap of ours is open the last host that is seen again closes it,
// and that takes all of them.
import type { Fact } from "@countersign/shared/wire/fact";
import { joinEffects, NO_EFFECTS } from "../words/effects.ts";
import { rememberAudit, rememberReport } from "./host/check-past.ts";
import { forgetServices, judgeHostBook, takeHostFacts, takeShardFacts } from "./host/host-facts.ts";
import {
  chainHost,
  type HostScene,
  type HostChange,
  type SharedChange,
  sceneOfHost,
  changeHost,
} from "./host/shard-change.ts";
import type { HostEvent, ShardContext } from "./host/shard-events.ts";
import type { HostState, SharedState } from "./host/shard-state.ts";
import { takePersonAsk } from "./remedy/person-ask.ts";
import { dropHostGrants } from "./remedy/shard-grants.ts";
import { sweepServices, takeReport } from "./service-rules.ts";
import { takeAnswer, takeRefusal } from "./shard-answer.ts";
import { takeOutcome } from "./shard-outcome.ts";
import { hearDigest, refuseFrame, seeSign } from "./silence/heard.ts";
import { judgeFlooding, takeDropped } from "./silence/host-flooding.ts";
import { judgeExamined, takeExamined } from "./silence/host-misconfigured.ts";
import { takeRefusedBoot } from "./silence/identity-conflict.ts";
import { judgeSilence, takeSecondOpinion } from "./silence/liveness.ts";
import { connectHost, disconnectHost, takeLeave } from "./silence/shard-connection.ts";
import { greetTrust, offerNext, takeTrustTold } from "./trust/host-trust.ts";

/** The host's part of a sweep. */
export function takeSweep(host: HostState, seenAt: number, scene: HostScene): HostChange {
  return chainHost(
    host,
    (current) => seeSign(current, seenAt, scene),
    (current) => judgeFlooding(current, scene),
    (current) => judgeExamined(current, scene),
    (current) => judgeSilence(current, scene),
    (current) => judgeHostBook(current, scene),
    (current) => sweepServices(current, scene),
    forgetServices,
  );
}

/** The host's part of a decision, before its signals are numbered. */
export function takeHostEvent(
  { host, shared }: { readonly host: HostState; readonly shared: SharedState },
  event: HostEvent,
  context: ShardContext,
): SharedChange {
  const scene = sceneOfHost(host, shared, { hostId: host.hostId, context });
  const ofHost = takeOfHost(host, event, scene);
  const change: SharedChange = { host: ofHost.host, shared, effects: ofHost.effects };
  switch (event.kind) {
    case "facts":
      return takeShardFacts(change, event.facts, context);
    case "reported":
      return dropHostGrants(change, context);
    case "outcome":
      return judgeOutcome(takeOutcome(change, event.outcome, context), context);
    case "connected":
    case "boot-refused":
    case "disconnected":
    case "frame-refused":
    case "proposed":
    case "proposal-refused":
    case "trust-told":
    case "examined":
    case "leaving":
    case "second-opinion":
    case "flooded":
    case "asked-for":
      return change;
  }
}

// Judged at once: the service may be healthy already, and nothing more is reported then before the next digest.
function judgeOutcome(change: SharedChange, context: ShardContext): SharedChange {
  const { hostId } = change.host;
  const scene = sceneOfHost(change.host, change.shared, { hostId, context });
  return changeHost(change, (host) => sweepServices(host, scene));
}

function takeOfHost(host: HostState, event: HostEvent, scene: HostScene): HostChange {
  switch (event.kind) {
    case "connected":
      return chainHost(
        host,
        (current) => connectHost(current, event.connection, scene),
        (current) => greetTrust(current, scene),
      );
    case "boot-refused":
      return takeRefusedBoot(host, event.bootId, scene.now);
    case "disconnected":
      return disconnectHost(host, event, scene);
    case "second-opinion":
      return takeSecondOpinion(host, event.opinion, scene);
    case "asked-for":
      return takePersonAsk(host, event.ask, scene);
    case "frame-refused":
      return refuseFrame(host, event, scene);
    case "flooded":
      return takeDropped(host, event, scene);
    case "reported":
      return event.digest
        ? chainHost(
            host,
            (current) => afterSign(hearDigest(current, event.part, scene), event, scene),
            (current) => offerNext(current, scene),
          )
        : afterSign(seeSign(host, scene.now, scene), event, scene);
    case "trust-told":
    case "examined":
    case "outcome":
    case "leaving":
    case "facts":
    case "proposed":
    case "proposal-refused":
      return afterSign(seeSign(host, scene.now, scene), event, scene);
  }
}

type FrameKind =
  | "examined"
  | "outcome"
  | "leaving"
  | "reported"
  | "facts"
  | "proposed"
  | "proposal-refused"
  | "trust-told";

// What a host says, after the sign of life that saying it was.
function afterSign(
  seen: HostChange,
  event: Extract<HostEvent, { readonly kind: FrameKind }>,
  scene: HostScene,
): HostChange {
  const { host, effects } = takeFrame(seen.host, event, scene);
  return { host, effects: joinEffects(seen.effects, effects) };
}

function takeFrame(
  host: HostState,
  event: Extract<HostEvent, { readonly kind: FrameKind }>,
  scene: HostScene,
): HostChange {
  switch (event.kind) {
    case "outcome":
      return { host, effects: NO_EFFECTS };
    case "leaving":
      return takeLeave(host, event, scene);
    case "reported": {
      const { host: taken, effects } = takeReport(host, event, scene);
      return { host: rememberReport(host, taken, { event, now: scene.now }), effects };
    }
    case "facts":
      return takeFacts(host, event.facts, scene);
    case "proposed":
      return takeAnswer(host, event, scene);
    case "proposal-refused":
      return takeRefusal(host, event, scene);
    case "trust-told":
      return takeTrustTold(host, event, scene);
    case "examined":
      return takeExamined(host, event.findings, scene);
  }
}

// What fires now may hold back what was proposed.
function takeFacts(host: HostState, facts: readonly Fact[], scene: HostScene): HostChange {
  const taken = takeHostFacts(rememberAudit(host, facts, scene.now), facts, scene);
  if (taken.effects.length === 0) return taken;
  const judged = sweepServices(taken.host, scene);
  return { host: judged.host, effects: joinEffects(taken.effects, judged.effects) };
}
