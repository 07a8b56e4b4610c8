// The fleet's trust, in the desk's SQLite: every version with its exact bytes and signatures, and where people sign, as it was when it began. The
// first version is one person's passkey, which root compares on each host; each later one is signed by people of the one before.
// What a reader would get wrong: keeping it here makes nobody believe it. Who owns the desk can write what they like into this table, and every
// host refuses what does not follow from the version that its own root accepted.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { FleetTrust, SignedTrust, type TrustMark } from "@countersign/shared/wire/fleet-trust";
import { type KnownTrust, markOf, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { Actor } from "../../core/words/actor.ts";
import type { OfferedTrust, ToldTrust } from "../../core/words/shard-word.ts";
import { readStored } from "../../stored/read-stored.ts";
import type { CountedSql } from "../counted-sql.ts";
import type { Signers } from "./signed-acts.ts";

const CREATE = `CREATE TABLE trust (
  version INTEGER PRIMARY KEY, hash TEXT NOT NULL, signed TEXT NOT NULL, party TEXT,
  taken_at INTEGER NOT NULL, taken_by TEXT NOT NULL
)`;

interface Row {
  readonly version: number;
  readonly hash: string;
  /** JSON of a `SignedTrust` */
  readonly signed: string;
  /** JSON of a `RelyingParty`, of the first version; null: as the first says */
  readonly party: string | null;
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
  #newest: KnownTrust | null | undefined;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Makes what the layout lacked once; call when the desk wakes. */
  complete(): void {
    if (!this.#sql.hasTable("trust")) this.create();
  }

  /** The newest version; null: the fleet has no approver yet. */
  newest(): KnownTrust | null {
    if (this.#newest === undefined) {
      const [row] = this.#rows("ORDER BY version DESC LIMIT 1");
      this.#newest = row === undefined ? null : knownIn(row);
    }
    return this.#newest;
  }

  /** Where people sign, as it was when the trust began; null: it has not. */
  party(): RelyingParty | null {
    const [first] = this.#rows("WHERE version = 1");
    if (first === undefined) return null;
    const read = readStored<RelyingParty>(first.party, RelyingParty);
    assert(read.ok, "the first version of the fleet's trust says where people sign");
    return read.value;
  }

  /** Who may sign now, and where; null: nobody. */
  signers(): Signers | null {
    const [newest, party] = [this.newest(), this.party()];
    return newest === null || party === null ? null : { approvers: newest.trust.approvers, party };
  }

  /** Every version, oldest first. */
  versions(): readonly SignedTrust[] {
    return this.#rows("ORDER BY version").map(signedIn);
  }

  /** One version as a host is offered it; null: there is none. */
  offered(version: number): OfferedTrust | null {
    const [row] = this.#rows("WHERE version = ?", version);
    const party = this.party();
    return row === undefined || party === null ? null : { signed: signedIn(row), party };
  }

  /** What a shard that knows the newest as `known` must be told; null: nothing. */
  told(known: TrustMark | null): ToldTrust | null {
    const [newest, party] = [this.newest(), this.party()];
    if (newest === null || party === null) return null;
    const mark = markOf(newest);
    if (known?.version === mark.version && known.hash === mark.hash) return null;
    const credentialIds = newest.trust.approvers.flatMap(({ credentials }) =>
      credentials.map(({ credentialId }) => credentialId),
    );
    return { party, hashes: this.#rows("ORDER BY version").map(({ hash }) => hash), credentialIds };
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

  #rows(rest: string, ...values: number[]): readonly Row[] {
    // A desk that holds nothing yet has no tables.
    if (!this.#sql.hasTable("trust")) return [];
    return this.#sql.read<Row & Record<string, SqlStorageValue>>(
      `SELECT version, hash, signed, party FROM trust ${rest}`,
      ...values,
    );
  }
}

function knownIn(row: Row): KnownTrust {
  const read = readSignedTrust(signedIn(row));
  assert(read.ok, "a stored version of the fleet's trust can be read");
  return read.value;
}

/** The exact bytes of a version, as it is written for the first time. */
export function trustText(trust: FleetTrust): string {
  return encodeBase64(encodeUtf8(JSON.stringify(FleetTrust.parse(trust))));
}

function signedIn({ signed }: Row): SignedTrust {
  const read = readStored<SignedTrust>(signed, SignedTrust);
  assert(read.ok, "a stored version of the fleet's trust can be read");
  return read.value;
}
