// Performs what a shard decided, after it was saved: frames to hosts, questions to others. Signals are in the outbox already.
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardEffect } from "../../core/words/effects.ts";
import type { ShardPorts } from "./shard-ports.ts";

interface Performer {
  readonly ports: Pick<ShardPorts, "calls" | "sockets">;
  readonly offerTrust: (offer: Extract<ShardEffect, { kind: "offer-trust" }>) => void;
  readonly take: (event: ShardEvent) => void;
}

/** In their order. */
export function performEffects(effects: readonly ShardEffect[], performer: Performer): void {
  const { offerTrust, ports } = performer;
  for (const effect of effects)
    switch (effect.kind) {
      case "signal":
        break; // in the outbox already
      case "send":
        ports.sockets.send(effect.hostId, effect.message);
        break;
      case "ask-second-opinion":
        askSecondOpinion(effect, performer);
        break;
      case "offer-trust":
        offerTrust(effect);
        break;
    }
}

function askSecondOpinion(
  { address, hostId, port }: Extract<ShardEffect, { kind: "ask-second-opinion" }>,
  { ports, take }: Performer,
): void {
  ports.calls.askSecondOpinion({ address, port }, (answer) => {
    if (answer.ok) take({ kind: "second-opinion", hostId, opinion: answer.value });
  });
}
