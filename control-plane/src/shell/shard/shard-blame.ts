// Finds what is to blame where a decision of a shard cannot be made or saved, and notes it to be put aside: a host's state, the shard's own, or
// the event itself. Each costs itself and no more.
import type { ShardContext, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import { strippedHost, strippedShard } from "../../core/shard/kept/bare-host.ts";
import { storedHostOf } from "../../core/shard/kept/shard-stored.ts";
import { hostSubject } from "../../core/words/subject.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import type { PutAside } from "../put-aside.ts";
import { culpritsOf } from "./shard-decision.ts";
import type { ShardPorts } from "./shard-ports.ts";
import type { ShardStore } from "./shard-store.ts";

/** What could not be decided. */
interface Undecided {
  readonly event: ShardEvent;
  readonly state: ShardState;
  readonly context: ShardContext;
}

export class ShardBlame {
  readonly #ports: ShardPorts;
  readonly #store: ShardStore;
  readonly #aside: PutAside<OtherRecordKind>;
  /** events that were dropped since we woke */
  readonly #noted = new Set<string>();

  constructor(ports: ShardPorts, store: ShardStore) {
    this.#ports = ports;
    this.#store = store;
    this.#aside = ports.aside;
  }

  /** The state without what was to blame, and whether it was the event itself; throws the error again when it was the world. */
  of(
    error: unknown,
    { context, event, state }: Undecided,
  ): { readonly state: ShardState; readonly isOfEvent: boolean } {
    const { core, log } = this.#ports;
    const found = culpritsOf(state, event, { context, store: this.#store, core });
    if (found === null) throw error;
    log.error(`Put aside what cannot be decided in ${state.shard}`, error);
    switch (found.kind) {
      case "events":
        this.#noteEvent(event, state, error);
        return { state, isOfEvent: true };
      case "own":
        this.#store.noteOwnState(state);
        return { state: strippedShard(state), isOfEvent: false };
      case "hosts":
        return { state: { ...state, hosts: this.#strip(state, found.hostIds) }, isOfEvent: false };
    }
  }

  /** A socket of which nothing could be read. */
  noteSocket(hostId: string): void {
    const record = { kind: "socket" as const, id: hostId, problem: "wrong shape" };
    this.#aside.note({ record, text: "", remove: () => {} });
  }

  #strip(state: ShardState, hostIds: readonly string[]): ShardState["hosts"] {
    return hostIds.reduce((hosts, hostId) => {
      const host = hosts.get(hostId);
      if (host === undefined) return hosts;
      const bare = strippedHost(host);
      this.#store.hosts.noteUndecidable(host, storedHostOf(bare));
      return hosts.with(hostId, bare);
    }, state.hosts);
  }

  // Once: a host that repeats it must not fill what is kept.
  #noteEvent(event: ShardEvent, state: ShardState, error: unknown): void {
    const hostId = "hostId" in event ? event.hostId : null;
    const id = hostId === null ? event.kind : `${event.kind} of ${hostId}`;
    if (this.#noted.has(id)) return;
    this.#noted.add(id);
    const host = hostId === null ? undefined : state.hosts.get(hostId);
    const subject = host === undefined ? {} : { subject: hostSubject(host.hostId, host.name) };
    const record = { kind: "event" as const, id, problem: "no decision can be made of it", ...subject };
    this.#aside.note({ record, text: `${JSON.stringify(event)}\n${String(error)}`, remove: () => {} });
  }
}
