// What the actuator believes of the fleet's trust, and how a next version comes in: verified against what is believed, written, journalled, in
// this order. A crash in between leaves a version that is kept and not journalled: it is believed, because it follows, and the next look
// journals it.
import { TRUST_CHAIN_MAX } from "@countersign/shared/values/limits";
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import {
  markOf,
  readSignedTrust,
  type TrustRefusal,
  verifyNextTrust,
} from "@countersign/shared/wire/trust-chain";
import { detailOf } from "../actuator-protocol.ts";
import { type BelievedTrust, findLoss, type FollowedChain } from "../core/actuator/believed-trust.ts";
import { signersOf } from "../core/actuator/journal-state.ts";
import type { Refusal } from "../core/actuator/verify-grant.ts";
import type { ActuatorPorts } from "./ports.ts";

export interface TrustAnswer {
  readonly type: "trust";
  /** null: none is believed */
  readonly trust: TrustMark | null;
  /** null: what was sent is believed now, or nothing was sent */
  readonly refusal: (TrustRefusal & { readonly offered: number | null }) | null;
}

/** What permits anything now; refused when it cannot be read, or leads to less than was believed before. */
export async function believeNow({
  journal,
  loadTrust,
}: Pick<ActuatorPorts, "journal" | "loadTrust">): Promise<Result<BelievedTrust, Refusal>> {
  const stored = await loadTrust();
  if (!stored.ok) return refuse({ reason: "level-closed", detail: stored.error.sentence });
  const { chain, host } = stored.value;
  const loss = chain === null ? null : findLoss(chain, journal.state().trust);
  if (loss === null) return ok({ host, fleet: chain?.reached ?? null });
  const detail = `${loss}: nothing is permitted until root has looked with \`countersign-agent trust verify\``;
  return refuse({ reason: "level-closed", detail });
}

/** The version that is kept, noted in the journal when it is news. */
export async function tellTrust(ports: ActuatorPorts): Promise<TrustAnswer> {
  const stored = await ports.loadTrust();
  const chain = stored.ok ? stored.value.chain : null;
  if (chain !== null) await noteChain(chain, ports);
  return { type: "trust", trust: chain === null ? null : markOf(chain.reached), refusal: null };
}

/** Takes the next version, or says why not. Call it in the turn of admission. */
export async function applyTrust(signed: SignedTrust, ports: ActuatorPorts): Promise<TrustAnswer> {
  const stored = await ports.loadTrust();
  const chain = stored.ok ? stored.value.chain : null;
  const offered = readSignedTrust(signed);
  const no = ({ reason, detail }: TrustRefusal): TrustAnswer => ({
    type: "trust",
    trust: chain === null ? null : markOf(chain.reached),
    refusal: {
      reason,
      offered: offered.ok ? offered.value.trust.version : null,
      detail: detailOf(detail),
    },
  });
  if (!offered.ok) return no(offered.error);
  if (!stored.ok) return no({ reason: "trust-not-accepted", detail: stored.error.sentence });
  const { party } = stored.value.host;
  if (chain === null || party === null)
    return no({
      reason: "trust-not-accepted",
      detail: "root has accepted no version here: `countersign-agent trust accept` does",
    });
  const next = await verifyNextTrust(chain.reached, signed, party);
  if (!next.ok) return no(next.error);
  if (chain.steps.length >= TRUST_CHAIN_MAX)
    return no({
      reason: "trust-chain-full",
      detail: `${TRUST_CHAIN_MAX} versions are kept: root accepts the newest anew`,
    });
  const { signers, ...known } = next.value;
  const steps = [...chain.steps, { known, signed, signers }];
  await ports.saveChain(steps.map((step) => step.signed));
  await noteChain({ ...chain, steps, reached: known }, ports);
  return { type: "trust", trust: markOf(known), refusal: null };
}

/** Journals what is believed and was not journalled yet, root's own accepting too. */
async function noteChain(chain: FollowedChain, { journal, now }: ActuatorPorts): Promise<void> {
  const { trust: recorded } = journal.state();
  if (findLoss(chain, recorded) !== null) return;
  const marks = [{ known: chain.anchor, signers: [] }, ...chain.steps];
  const last =
    recorded?.anchor === chain.anchor.hash
      ? marks.findIndex(({ known }) => known.hash === recorded.hash)
      : -1;
  for (const { known, signers } of marks.slice(last + 1)) {
    const record = {
      type: "trust",
      at: now(),
      ...markOf(known),
      anchor: chain.anchor.hash,
      signers: signersOf(journal.state(), { people: signers }),
    } as const;
    const kept = await journal.append(record);
    assert(kept.ok, "a version of the fleet's trust can be journalled");
  }
}
