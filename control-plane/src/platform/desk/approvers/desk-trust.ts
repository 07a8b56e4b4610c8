// The fleet's trust, in the desk's SQLite: every version with its exact bytes and signatures, and where people sign, as it was when it began. The
// first version is one person's passkey, which root compares on each host; each later one is signed by people of the one before.
// A version that cannot be read costs only itself, and where it is the newest nobody's signature is taken.
// What a reader would get wrong: keeping it here makes nobody believe it. Who owns the desk can write what they like into this table, and every
// host refuses what does not follow from the version that its own root accepted.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { Sha256Hex } from "@countersign/shared/values/ids";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { FleetTrust, SignedTrust, type TrustMark } from "@countersign/shared/wire/fleet-trust";
import { type KnownTrust, markOf, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { Actor } from "../../../core/words/actor.ts";
import type { OfferedTrust, ToldTrust } from "../../../core/words/shard-word.ts";
import type { PutAside } from "../../../shell/put-aside.ts";
import { readStored } from "../../../stored/read-stored.ts";
import type { CountedSql } from "../../counted-sql.ts";
import { rawOf } from "../../workerd-rows.ts";
import type { Signers } from "../signed-acts.ts";
import { partySince } from "./relying-party.ts";

const CREATE = `CREATE TABLE trust (
  version INTEGER PRIMARY KEY, hash TEXT NOT NULL, signed TEXT NOT NULL, party TEXT,
  taken_at INTEGER NOT NULL, taken_by TEXT NOT NULL
)`;

/** A row, whatever is in it. */
interface Row {
  readonly version: number;
  readonly hash: unknown;
  /** JSON of a `SignedTrust`; empty: it could not be read and was put aside */
  readonly signed: unknown;
  /** JSON of a `RelyingParty`, of the first version; null: as the first says */
  readonly party: unknown;
}

/** A version that could be read. */
interface Version {
  readonly known: KnownTrust;
  readonly signed: SignedTrust;
}

/** A version that may be stored. */
export interface NextTrust {
  readonly signed: SignedTrust;
  readonly known: KnownTrust;
  /** of the first version where people sign; null: it is a later one */
  readonly party: RelyingParty | null;
}

export class DeskTrust {
  readonly #sql: CountedSql;
  readonly #aside: () => PutAside;
  readonly #publicUrl: () => string;
  #newest: KnownTrust | null | undefined;

  /** `aside` is where it notes what it cannot read; `publicUrl` is asked each time: the desk may move. */
  constructor(sql: CountedSql, aside: () => PutAside, publicUrl: () => string) {
    this.#sql = sql;
    this.#aside = aside;
    this.#publicUrl = publicUrl;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Makes what the layout lacked once; call when the desk wakes. */
  complete(): void {
    if (!this.#sql.hasTable("trust")) this.create();
  }

  /** Says whether the fleet has a trust, also where its newest version cannot be read. */
  isBegun(): boolean {
    return this.#rows("LIMIT 1").length > 0;
  }

  /** The newest version; null: the fleet has no approver yet, or it cannot be read. An older one never stands in for it. */
  newest(): KnownTrust | null {
    if (this.#newest === undefined) {
      const [row] = this.#rows("ORDER BY version DESC LIMIT 1");
      this.#newest = row === undefined ? null : (this.#read(row)?.known ?? null);
    }
    return this.#newest;
  }

  /** Where people sign: as it was when the trust began, and where the desk has moved since; null: it has not, or that cannot be read. */
  party(): RelyingParty | null {
    const [first] = this.#rows("WHERE version = 1");
    if (first === undefined) return null;
    const read = readStored<RelyingParty>(first.party, RelyingParty);
    if (!read.ok) {
      const record = { id: "version 1, where people sign", problem: read.error.problem };
      this.#note(record, "party", first);
    }
    return read.ok ? partySince(read.value, this.#publicUrl()) : null;
  }

  /** Who may sign now, and where; null: nobody. */
  signers(): Signers | null {
    const [newest, party] = [this.newest(), this.party()];
    return newest === null || party === null ? null : { approvers: newest.trust.approvers, party };
  }

  /** The one person who may approve, with the one passkey; null: there are more, or none. */
  soleApprover(): string | null {
    const [only, ...others] = this.newest()?.trust.approvers ?? [];
    return only?.credentials.length === 1 && others.length === 0 ? only.person : null;
  }

  /** Every version that can be read, oldest first. */
  versions(): readonly SignedTrust[] {
    return this.#rows("ORDER BY version").flatMap((row) => this.#read(row)?.signed ?? []);
  }

  /** One version as a host is offered it; null: there is none, or it cannot be read. */
  offered(version: number): OfferedTrust | null {
    const [row] = this.#rows("WHERE version = ?", version);
    const [found, party] = [row === undefined ? null : this.#read(row), this.party()];
    return found === null || party === null ? null : { signed: found.signed, party };
  }

  /** What a shard that knows the newest as `known` must be told; null: nothing. */
  told(known: TrustMark | null): ToldTrust | null {
    const [newest, party] = [this.newest(), this.party()];
    if (newest === null || party === null) return null;
    const mark = markOf(newest);
    if (known?.version === mark.version && known.hash === mark.hash) return null;
    const hashes = this.#rows("ORDER BY version").map(({ hash }) => String(hash));
    const isWhole =
      hashes.length === mark.version && hashes.every((hash) => Sha256Hex.safeParse(hash).success);
    return isWhole ? { party, hashes, credentialIds: credentialIdsIn(newest) } : null;
  }

  /** Stores a version that follows; from here on it is the newest. Call inside one storage step with its audit row. */
  write({ known, party, signed }: NextTrust, taken: { readonly at: number; readonly by: Actor }): void {
    const { hash, trust } = known;
    this.#sql.write(
      "INSERT INTO trust VALUES (?, ?, ?, ?, ?, ?)",
      trust.version,
      hash,
      JSON.stringify(signed),
      party === null ? null : JSON.stringify(party),
      taken.at,
      JSON.stringify(taken.by),
    );
    this.#newest = undefined;
  }

  /** Forgets every version. Call inside one storage step with its audit row. */
  forgetAll(): void {
    this.#sql.write("DELETE FROM trust");
    this.#newest = undefined;
  }

  #rows(rest: string, ...values: number[]): readonly Row[] {
    // A desk that holds nothing yet has no tables.
    if (!this.#sql.hasTable("trust")) return [];
    return this.#sql.read<Row>(`SELECT version, hash, signed, party FROM trust ${rest}`, ...values);
  }

  // What is stored must be what was verified when it came: of another hash it is not.
  #read(row: Row): Version | null {
    const signed = readStored<SignedTrust>(row.signed, SignedTrust);
    if (!signed.ok) return this.#noteVersion(row, signed.error.problem);
    const known = readSignedTrust(signed.value);
    if (!known.ok) return this.#noteVersion(row, known.error.reason);
    const { hash, trust } = known.value;
    return hash === row.hash && trust.version === row.version
      ? { known: known.value, signed: signed.value }
      : this.#noteVersion(row, "another hash or version than its own");
  }

  #noteVersion(row: Row, problem: string): null {
    this.#note({ id: `version ${row.version}`, problem }, "signed", row);
    return null;
  }

  // Its place stays, empty: with the row gone an older version would be the newest.
  #note(
    record: { readonly id: string; readonly problem: string },
    column: "signed" | "party",
    row: Row,
  ): void {
    if (row[column] === "") return;
    this.#aside().note({
      record: { kind: "trust", ...record },
      text: rawOf(row[column]),
      remove: () => this.#sql.write(`UPDATE trust SET ${column} = '' WHERE version = ?`, row.version),
    });
  }
}

/** Ids of the passkeys in a version. */
export function credentialIdsIn({ trust }: KnownTrust): readonly string[] {
  return trust.approvers.flatMap(({ credentials }) => credentials.map(({ credentialId }) => credentialId));
}

/** The exact bytes of a version, as it is written for the first time. */
export function trustText(trust: FleetTrust): string {
  return encodeBase64(encodeUtf8(JSON.stringify(FleetTrust.parse(trust))));
}
