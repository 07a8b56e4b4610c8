// What the desk keeps about approvers beside the versions of the fleet's trust, in its SQLite: the domain that was chosen, passkeys that wait to be let
// in, next versions that wait for signatures, when passkeys signed last, which sign-ins they opened, and which challenges were answered. Each is
// bounded, and a row that cannot be read costs only itself.
// What a reader would get wrong: nothing in here makes a host believe anybody.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { PutAside } from "../../../shell/put-aside.ts";
import {
  CandidateShape,
  DraftShape,
  type StoredCandidate,
  type StoredDraft,
} from "../../../stored/approver-shapes.ts";
import { readStored, unreadable } from "../../../stored/read-stored.ts";
import type { PasskeyUse } from "../../approvers-rpc.ts";
import type { CountedSql } from "../../counted-sql.ts";
import { rawOf } from "../../workerd-rows.ts";

/** Newer than the desk's other tables: one that was made before gets them when it wakes. */
const TABLES = {
  trust_domain: "CREATE TABLE trust_domain (rp_id TEXT NOT NULL)",
  passkey_candidates: `CREATE TABLE passkey_candidates (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  trust_drafts: `CREATE TABLE trust_drafts (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  passkey_uses: `CREATE TABLE passkey_uses (
    credential_id TEXT PRIMARY KEY, used_at INTEGER NOT NULL, used_for TEXT NOT NULL
  ) WITHOUT ROWID`,
  used_challenges:
    "CREATE TABLE used_challenges (hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
  passkey_sign_ins:
    "CREATE TABLE passkey_sign_ins (sign_in_id TEXT PRIMARY KEY, credential_id TEXT NOT NULL) WITHOUT ROWID",
};

const USED_FOR: readonly PasskeyUse["usedFor"][] = ["sign-in", "approval", "standing", "trust"];

type Waiting = "passkey_candidates" | "trust_drafts";

interface Row {
  readonly id: unknown;
  readonly record: unknown;
}

export class DeskApprovers {
  readonly #sql: CountedSql;
  readonly #aside: () => PutAside;

  /** `aside` is where it notes what it cannot read. */
  constructor(sql: CountedSql, aside: () => PutAside) {
    this.#sql = sql;
    this.#aside = aside;
  }

  create(): void {
    for (const statement of Object.values(TABLES)) this.#sql.write(statement);
  }

  /** Makes what is lacking; call when the desk wakes. */
  complete(): void {
    for (const [name, statement] of Object.entries(TABLES))
      if (!this.#sql.hasTable(name)) this.#sql.write(statement);
  }

  /** The domain that was chosen for passkeys; null: none was. */
  domain(): string | null {
    const [row] = this.#sql.read<{ rp_id: unknown }>("SELECT rp_id FROM trust_domain LIMIT 1");
    return typeof row?.rp_id === "string" ? row.rp_id : null;
  }

  chooseDomain(rpId: string): void {
    this.#sql.write("DELETE FROM trust_domain");
    this.#sql.write("INSERT INTO trust_domain VALUES (?)", rpId);
  }

  /** Passkeys that wait, oldest first. */
  candidates(now: number): readonly StoredCandidate[] {
    return this.#waiting("passkey_candidates", now).flatMap(({ id, record }) => {
      const read = readStored<StoredCandidate>(record, CandidateShape);
      const found = read.ok && read.value.credential.credentialId !== id ? NOT_ITSELF : read;
      if (!found.ok) this.#note("candidate", { id, record }, found.error.problem);
      return found.ok ? [found.value] : [];
    });
  }

  putCandidate(candidate: StoredCandidate): void {
    const { credential, expiresAt } = candidate;
    this.#put("passkey_candidates", { id: credential.credentialId, record: candidate, expiresAt });
  }

  dropCandidate(credentialId: string): void {
    this.#sql.write("DELETE FROM passkey_candidates WHERE id = ?", credentialId);
  }

  /** Next versions that wait, oldest first. */
  drafts(now: number): readonly StoredDraft[] {
    return this.#waiting("trust_drafts", now).flatMap(({ id, record }) => {
      const read = readStored<StoredDraft>(record, DraftShape);
      const found = read.ok && read.value.hash !== id ? NOT_ITSELF : read;
      if (!found.ok) this.#note("draft", { id, record }, found.error.problem);
      return found.ok ? [found.value] : [];
    });
  }

  putDraft(draft: StoredDraft): void {
    this.#put("trust_drafts", { id: draft.hash, record: draft, expiresAt: draft.expiresAt });
  }

  dropDraft(hash: string): void {
    this.#sql.write("DELETE FROM trust_drafts WHERE id = ?", hash);
  }

  dropDrafts(): void {
    this.#sql.write("DELETE FROM trust_drafts");
  }

  /** When passkeys signed last. */
  uses(): readonly PasskeyUse[] {
    return this.#sql
      .read<PasskeyUse & Record<string, SqlStorageValue>>(
        `SELECT credential_id AS credentialId, used_at AS usedAt, used_for AS usedFor FROM passkey_uses
         WHERE typeof(credential_id) = 'text' AND typeof(used_at) = 'integer' ORDER BY credential_id`,
      )
      .filter(({ usedFor }) => USED_FOR.includes(usedFor));
  }

  /** Notes that a passkey signed what the desk has verified. */
  noteUse(
    { credentialId }: Pick<Assertion, "credentialId">,
    usedFor: PasskeyUse["usedFor"],
    at: number,
  ): void {
    this.#sql.write("INSERT OR REPLACE INTO passkey_uses VALUES (?, ?, ?)", credentialId, at, usedFor);
  }

  /** Forgets uses of passkeys that are none any more. */
  keepUsesOf(credentialIds: readonly string[]): void {
    this.#sql.write(
      "DELETE FROM passkey_uses WHERE credential_id NOT IN (SELECT value FROM json_each(?))",
      JSON.stringify(credentialIds),
    );
  }

  isChallengeUsed(hash: string): boolean {
    return this.#sql.read("SELECT 1 FROM used_challenges WHERE hash = ?", hash).length > 0;
  }

  /** Remembers a challenge until it is good for nothing any more. */
  noteChallenge(hash: string, expiresAt: number): void {
    this.#sql.write("INSERT OR REPLACE INTO used_challenges VALUES (?, ?)", hash, expiresAt);
  }

  /** Remembers by which passkey a sign-in was opened. */
  noteSignIn(signInId: string, credentialId: string): void {
    this.#sql.write("INSERT OR REPLACE INTO passkey_sign_ins VALUES (?, ?)", signInId, credentialId);
  }

  /** Sign-ins by passkey, in the order in which they were opened. */
  passkeySignIns(): readonly { readonly signInId: string; readonly credentialId: string }[] {
    return this.#sql.read<{ signInId: string; credentialId: string }>(
      `SELECT sign_in_id AS signInId, credential_id AS credentialId
       FROM passkey_sign_ins JOIN sign_ins USING (sign_in_id) ORDER BY opened_at, sign_in_id`,
    );
  }

  /** Forgets all of it; sign-ins that passkeys opened are remembered until they end. */
  forgetAll(): void {
    for (const table of ["trust_domain", "passkey_candidates", "trust_drafts", "passkey_uses"])
      this.#sql.write(`DELETE FROM ${table}`);
  }

  forgetExpired(now: number): void {
    for (const table of ["passkey_candidates", "trust_drafts", "used_challenges"])
      this.#sql.write(`DELETE FROM ${table} WHERE expires_at <= ? OR typeof(expires_at) <> 'integer'`, now);
    this.#sql.write("DELETE FROM passkey_sign_ins WHERE sign_in_id NOT IN (SELECT sign_in_id FROM sign_ins)");
  }

  #put(
    table: Waiting,
    row: { readonly id: string; readonly record: object; readonly expiresAt: number },
  ): void {
    this.#sql.write(
      `INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`,
      row.id,
      JSON.stringify(row.record),
      row.expiresAt,
    );
  }

  // One that is no JSON sorts first and is put aside where it is read.
  #waiting(table: Waiting, now: number): readonly Row[] {
    return this.#sql.read<Row>(
      `SELECT id, record FROM ${table} WHERE typeof(expires_at) = 'integer' AND expires_at > ?
       ORDER BY CASE WHEN json_valid(record) THEN json_extract(record, '$.madeAt') END, id`,
      now,
    );
  }

  #note(kind: "candidate" | "draft", { id, record }: Row, problem: string): void {
    const table: Waiting = kind === "candidate" ? "passkey_candidates" : "trust_drafts";
    this.#aside().note({
      record: { kind, id: rawOf(id), problem },
      text: rawOf(record),
      remove: () => this.#sql.write(`DELETE FROM ${table} WHERE id = ?`, rawOf(id)),
    });
  }
}

const NOT_ITSELF = unreadable("another id than its own");
