// What a shard knows of the fleet's trust, and its conversation with the desk about it: told when it changes, asked for with the minute's watch,
// and the text of a version fetched when a host is to be offered it. Nothing of this makes a host believe anything.
import { sameBy } from "@countersign/shared/values/same-by";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import { SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import type { ToldTrust } from "../../core/words/shard-word.ts";
import type { ShardPorts } from "./shard-ports.ts";

export class ShardTrust {
  readonly #ports: ShardPorts;
  readonly #onKnown: (told: ToldTrust) => void;
  #told: ToldTrust | null = null;

  /** `onKnown`: it is known anew, and is to be stored */
  constructor(ports: ShardPorts, onKnown: (told: ToldTrust) => void) {
    this.#ports = ports;
    this.#onKnown = onKnown;
  }

  /** What was told last; null: nothing was. */
  get told(): ToldTrust | null {
    return this.#told;
  }

  /** Takes up what was stored, after a wake. */
  restore(told: ToldTrust | null): void {
    this.#told = told;
  }

  /** Takes over what the desk tells unasked; one that is older, or known, is passed over. */
  take(told: ToldTrust): void {
    if (this.#ports.rows.exists() && told.hashes.length > (this.#known()?.version ?? 0)) this.#know(told);
  }

  /** In the background: the desk must not delay what is watched here. The answer may be older too: then the desk was set back. */
  ask(): void {
    const known = this.#known();
    this.#ports.calls.askTrust(known, (answer) => {
      if (!answer.ok || answer.value === null || !this.#ports.rows.exists()) return;
      if (isSameMark(known, this.#known())) this.#know(answer.value);
    });
  }

  /** Sends a host a version. Where it cannot be fetched, or the host is gone, it is offered again with a digest or the next hello. */
  offer({ hostId, version }: { readonly hostId: string; readonly version: number }): void {
    const { calls, sockets } = this.#ports;
    calls.fetchTrust(version, (answer) => {
      if (!answer.ok || answer.value === null) return;
      const { party, signed } = answer.value;
      sockets.send(hostId, { version: SIGNING_VERSION, type: "trust", signed, party });
    });
  }

  /** The newest version that is known; null: none is. */
  #known(): TrustMark | null {
    const version = this.#told?.hashes.length ?? 0;
    const hash = this.#told?.hashes.at(-1);
    return hash === undefined ? null : { version, hash };
  }

  #know(told: ToldTrust): void {
    this.#told = told;
    this.#onKnown(told);
  }
}

const isSameMark = sameBy<TrustMark>({ version: true, hash: true });
