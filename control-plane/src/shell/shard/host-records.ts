// What a shard keeps of each host, by its id: its key, its row, its catalogue and from where it proved itself; and the ids of hosts that were
// retired. What cannot be read of a host costs that host what was known of it, and no other.
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import type { Connection, HostState } from "../../core/shard/host/shard-state.ts";
import { bareRow, connectionAlone, nameIn } from "../../core/shard/kept/bare-host.ts";
import { hostFrom } from "../../core/shard/kept/host-rows.ts";
import type { StoredHost } from "../../core/shard/kept/shard-stored.ts";
import { hostSubject } from "../../core/words/subject.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import type { Found, Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import type { ShardRecords } from "./shard-ports.ts";
import { type SurvivingSocket, withCatalogue } from "./surviving-socket.ts";

type Catalogue = Connection["catalogue"];

/** A host that is not in its row as it should be. */
interface Spoilt {
  readonly hostId: string;
  readonly name: string;
  readonly text: string;
  /** what it has for a row from here on */
  readonly row: StoredHost;
}

export class HostRecords {
  readonly #rows: Rows<ShardRecords>;
  readonly #aside: PutAside<OtherRecordKind>;
  /** the hosts' rows as they were written last */
  readonly #written = new Map<string, StoredHost>();
  /** null: not counted since one was retired */
  #count: number | null = null;

  constructor(rows: Rows<ShardRecords>, aside: PutAside<OtherRecordKind>) {
    this.#rows = rows;
    this.#aside = aside;
  }

  load(sockets: ReadonlyMap<string, SurvivingSocket>): Records<HostState> {
    const rows = new Map(this.#rows.list("host").map((found) => [String(found.id), found]));
    const hosts = this.#rows.list("key").map(({ id }): [string, HostState] => {
      const hostId = String(id);
      return [hostId, this.#host(hostId, rows.get(hostId), sockets.get(hostId))];
    });
    return recordsFrom(hosts);
  }

  /** A host's row as it was written last; undefined: it has none. */
  rowOf(hostId: string): StoredHost | undefined {
    return this.#written.get(hostId);
  }

  written(rows: readonly StoredHost[]): void {
    for (const row of rows) this.#written.set(row.hostId, row);
  }

  /** null: the host was never enrolled here, or was retired */
  publicKeyOf(hostId: string): string | null {
    const found = this.#rows.exists() ? this.#rows.get("key", hostId) : null;
    return found?.isReadable === true ? found.record : null;
  }

  /** Hosts that are enrolled. */
  count(): number {
    return (this.#count ??= this.#rows.list("key").length);
  }

  add(hostId: string, publicKey: string): void {
    this.#count = this.count() + 1;
    this.#rows.put("key", hostId, publicKey);
  }

  isRetired(hostId: string): boolean {
    return this.#rows.get("retired", hostId) !== null;
  }

  /** Puts a mark in the place of all that is kept of a host; call inside the storage step that takes it. */
  retire(hostId: string): void {
    this.#rows.put("retired", hostId, true);
    for (const kind of ["key", "host", "catalogue", "proven-from"] as const) this.#rows.drop(kind, hostId);
    this.#written.delete(hostId);
    this.#count = null;
  }

  /** A catalogue may be larger than a socket's attachment; it changes with the host's configuration, not with its health. */
  saveCatalogue(hostId: string, catalogue: Catalogue): void {
    const known = this.#rows.get("catalogue", hostId);
    if (known?.isReadable === true && JSON.stringify(known.record) === JSON.stringify(catalogue)) return;
    this.#rows.put("catalogue", hostId, catalogue);
  }

  /** The group of the address from which the host proved itself last; null: it never did. */
  provenFrom(hostId: string): string | null {
    const found = this.#rows.get("proven-from", hostId);
    return found?.isReadable === true ? found.record : null;
  }

  /** Changes with the host's network, not with its health; must outlive our memory, for a deploy brings everybody back at once. */
  saveProvenFrom(hostId: string, addressGroup: string): void {
    if (this.provenFrom(hostId) !== addressGroup) this.#rows.put("proven-from", hostId, addressGroup);
  }

  /** Notes a host with whose state no decision can be made; from here on it has the row that is given. */
  noteUndecidable(host: HostState, row: StoredHost): void {
    const text = JSON.stringify(this.rowOf(host.hostId) ?? host);
    this.#note({ hostId: host.hostId, name: host.name, text, row }, "no decision can be made with it");
  }

  #host(
    hostId: string,
    found: Found<StoredHost> | undefined,
    socket: SurvivingSocket | undefined,
  ): HostState {
    const restored = socket === undefined ? null : withCatalogue(socket, this.#catalogue(hostId));
    const problem = problemOf(hostId, found);
    const text = found === undefined ? "" : found.isReadable ? JSON.stringify(found.record) : found.text;
    const row =
      found?.isReadable === true && problem === null
        ? found.record
        : this.#bare(hostId, { text, socket, problem: problem ?? "" });
    // What the socket holds beyond its row may be to blame: it is learned again. Then it is the row.
    const known = restored === null ? null : { ...restored, attached: connectionAlone(restored.attached) };
    return (
      this.#hostFrom(row, restored) ??
      this.#hostFrom(row, known) ??
      this.#hostFrom(this.#bare(hostId, { text, socket, problem: "no host can be made of it" }), known) ??
      // Throws again, and says why.
      hostFrom(row, known)
    );
  }

  /** The host of a row, which is its row from here on; null: none can be made of it. */
  #hostFrom(row: StoredHost, socket: SurvivingSocket | null): HostState | null {
    this.#written.set(row.hostId, row);
    try {
      return hostFrom(row, socket);
    } catch {
      return null;
    }
  }

  #bare(
    hostId: string,
    {
      text,
      socket,
      problem,
    }: { readonly text: string; readonly socket: SurvivingSocket | undefined; readonly problem: string },
  ): StoredHost {
    const name = nameIn(text, hostId, socket?.attached);
    const row = bareRow(hostId, name, socket?.attached.connection ?? null);
    this.#note({ hostId, name, text, row }, problem);
    return row;
  }

  #note({ hostId, name, row, text }: Spoilt, problem: string): void {
    const subject = hostSubject(hostId, name);
    this.#aside.note({
      record: { kind: "host", id: hostId, problem, subject },
      text,
      remove: () => {
        this.#rows.put("host", hostId, row);
        this.#written.set(hostId, row);
      },
    });
  }

  #catalogue(hostId: string): Catalogue {
    const found = this.#rows.get("catalogue", hostId);
    if (found === null) return [];
    if (found.isReadable) return found.record;
    const { problem, text } = found;
    const remove = () => this.#rows.drop("catalogue", hostId);
    this.#aside.note({ record: { kind: "catalogue", id: hostId, problem }, text, remove });
    return [];
  }
}

function problemOf(hostId: string, found: Found<StoredHost> | undefined): string | null {
  if (found === undefined) return "it has no row";
  if (!found.isReadable) return found.problem;
  return found.record.hostId === hostId ? null : "another id than its own";
}
