// The shard's own share of silent hosts, judged only while the desk cannot be reached: then nobody who sees the whole fleet can freeze it, so the
// shard holds back its own automation. Pure. It pages nobody, and is no freeze: it ends by itself when the desk hears us again, which then
// judges all shards by the same silences, or when the last of these hosts is back.
import { isShadowed } from "../../../policy/policy-for.ts";
import { fallenTogether } from "../../facts/fallen-together.ts";
import { joinEffects, noteEffect } from "../../words/effects.ts";
import { fleetSubjectOf } from "../../words/subject.ts";
import type { ShardChange } from "../host/shard-change.ts";
import type { ShardContext } from "../host/shard-events.ts";
import type { HostState, ShardState } from "../host/shard-state.ts";
import { silentSinceAtOf } from "./host-silent.ts";
import { connectedCountOf, silentHostsOf } from "./silent-hosts.ts";

const REASON = "fleet-silent";

type Moment = Pick<ShardContext, "now" | "policy">;

/** A signal has waited for the desk so long that the shard may not count on it. */
export const DESK_SILENT_AFTER_MS = 60_000;

/** The desk does not hear us since then, or (null) does again. */
export function noteDesk(state: ShardState, silentSinceAt: number | null, moment: Moment): ShardChange {
  return judgeOwnShare({ state: { ...state, deskSilentSinceAt: silentSinceAt }, effects: [] }, moment);
}

/** Call it after whatever may have changed who is silent: no time alone does. */
export function judgeOwnShare({ state, effects }: ShardChange, moment: Moment): ShardChange {
  const before = state.fleetSilence;
  if (before === null && state.deskSilentSinceAt === null) return { state, effects };
  const sinceAt = ownSilenceSince(state, moment);
  if ((before === null) === (sinceAt === null)) return { state, effects };
  const held =
    sinceAt === null
      ? "automation of this shard goes on: its hosts are back, or the desk hears it again"
      : "automation of this shard is held back: many of its hosts fell silent together, and the desk cannot be reached";
  return {
    state: { ...state, fleetSilence: sinceAt === null ? null : { sinceAt } },
    effects: joinEffects(effects, [noteEffect(fleetSubjectOf(state), moment.now, held)]),
  };
}

/** Since when the first of them is silent; null: they are not so many, or the desk judges it. */
function ownSilenceSince(state: ShardState, { policy }: Moment): number | null {
  const bounds = policy.rules[REASON];
  if (state.deskSilentSinceAt === null || !bounds.enabled || isShadowed(policy, REASON)) return null;
  const down = silentHostsOf(state).filter(({ liveness }) => liveness === "down");
  const { fleetSilence } = state;
  if (fleetSilence !== null)
    return down.some((host) => silentSinceAtOf(host) >= fleetSilence.sinceAt) ? fleetSilence.sinceAt : null;
  const [first] = fallenTogether(down.map(fallenOf), connectedCountOf(state), bounds);
  return first?.fellAt ?? null;
}

function fallenOf(host: HostState): { readonly fellAt: number } {
  return { fellAt: silentSinceAtOf(host) };
}
