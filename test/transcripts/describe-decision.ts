// How a transcript words what the shard decided: one line each, without what changes from run to run. Pure.
import { actorNameOf } from "../../control-plane/src/core/words/actor.ts";
import type { ShardEffect } from "../../control-plane/src/core/words/effects.ts";
import { proposalEndWords, refusalText } from "../../control-plane/src/core/words/proposal-refusal.ts";
import type { Signal } from "../../control-plane/src/core/words/signal.ts";

/** A signal in one line. */
export function describeSignal(signal: Signal): string {
  switch (signal.kind) {
    case "firing":
      return `firing ${signal.reason} ${signal.severity} "${signal.title}" proposal ${signal.proposalRequestId ?? "none"}`;
    case "cleared":
      return `cleared ${signal.reason}`;
    case "proposed":
      return `proposed for ${signal.requestId}`;
    case "proposal-refused":
      return `proposal-refused ${refusalText(signal.refusal)}`;
    case "superseded":
      return `superseded: ${proposalEndWords(signal.end)}`;
    case "grant-recalled":
      return `grant-recalled ${signal.grantId} by ${actorNameOf(signal.by)}`;
    case "outcome":
      return `outcome ${signal.outcome.status}`;
    case "verification":
      return `verification ${signal.result}`;
    case "unreadable":
      return `unreadable ${signal.record} ${signal.id}`;
    case "census":
      return `census ${signal.connected}, ${signal.late} late`;
    case "note":
      return `note: ${signal.text}`;
  }
}

/** A message to the host in a few words. */
export function describeMessage(message: Extract<ShardEffect, { kind: "send" }>["message"]): string {
  switch (message.type) {
    case "propose":
      return `propose ${message.service} ${message.action} ${message.requestId}`;
    case "grant":
      return `grant ${message.grantId}`;
    case "outcome-acknowledged":
      return `outcome-acknowledged ${message.sequence}`;
    case "trust":
    case "challenge":
    case "welcome":
    case "report-wanted":
    case "frame-refused":
      return message.type;
  }
}
