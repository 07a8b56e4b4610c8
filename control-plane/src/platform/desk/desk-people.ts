// Who may come in: enrolment tokens for hosts, one-time sign-in tokens and device sign-ins for people. A secret is stored only as
// its SHA-256 (256 random bits need no slow hash), works once, and ends at the TTL of shared/limits.
import { sha256Hex } from "@countersign/shared/values/digest";
import { SIGN_IN_TTL_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { CountedSql } from "../counted-sql.ts";
import { newId, newSecret } from "../random-id.ts";
import type { ListedSignIn, SignIn } from "../sign-in-shapes.ts";

const TABLES = [
  `CREATE TABLE tokens (
    hash TEXT PRIMARY KEY, kind TEXT NOT NULL, holder TEXT NOT NULL, expires_at INTEGER NOT NULL,
    used_by TEXT
  ) WITHOUT ROWID`,
  `CREATE TABLE sign_ins (
    sign_in_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, device_id TEXT NOT NULL,
    device_name TEXT NOT NULL, responder TEXT NOT NULL, opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  "CREATE TABLE refused_tokens (hash TEXT PRIMARY KEY) WITHOUT ROWID",
];

/** Newer than the others: a desk that was made before lacks it until it wakes the next time. */
const USES_TABLE =
  "CREATE TABLE IF NOT EXISTS sign_in_uses (sign_in_id TEXT PRIMARY KEY, used_at INTEGER NOT NULL) WITHOUT ROWID";

/** A device in use writes one row in that time, however much its person looks at. */
export const USE_NOTED_EVERY_MS = 3_600_000;

/** Used and expired tokens stay a while, so that a late visitor hears "used" or "expired" and not "unknown". */
const TOKEN_MEMORY_MS = 24 * 3_600_000;

export interface TokenRefusal {
  readonly reason: "token-unknown" | "token-expired" | "token-used";
}

/** A token of either kind: who it is for, and until when. */
export interface NewToken {
  readonly token: string;
  readonly kind: "enrolment" | "sign-in";
  /** who asked for it, or the responder it signs in */
  readonly holder: string;
  readonly expiresAt: number;
}

export class DeskPeople {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
  }

  /** Makes what the layout lacked once; call when the desk wakes. */
  complete(): void {
    if (!this.#sql.hasTable("sign_in_uses")) this.#sql.write(USES_TABLE);
  }

  storeToken({ token, kind, holder, expiresAt }: NewToken): void {
    this.#sql.write(
      "INSERT INTO tokens (hash, kind, holder, expires_at) VALUES (?, ?, ?, ?)",
      sha256Hex(token),
      kind,
      holder,
      expiresAt,
    );
  }

  /** Redeems a token once; the same redeemer may repeat while it lives. Gives the token's holder. */
  redeemToken(
    token: string,
    kind: NewToken["kind"],
    redeemer: { readonly usedBy: string; readonly now: number },
  ): Result<string, TokenRefusal> {
    const hash = sha256Hex(token);
    const rows = this.#sql.read<{ holder: string; expires_at: number; used_by: string | null }>(
      "SELECT holder, expires_at, used_by FROM tokens WHERE hash = ? AND kind = ?",
      hash,
      kind,
    );
    const [row] = rows;
    // In SQLite any text is later than any number: what is no instant would never expire.
    if (row === undefined || !Number.isFinite(row.expires_at)) return refuse({ reason: "token-unknown" });
    if (row.used_by !== null && row.used_by !== redeemer.usedBy) return refuse({ reason: "token-used" });
    if (row.expires_at <= redeemer.now) return refuse({ reason: "token-expired" });
    if (row.used_by === null)
      this.#sql.write("UPDATE tokens SET used_by = ? WHERE hash = ?", redeemer.usedBy, hash);
    return ok(row.holder);
  }

  /** Says whether a token was refused before. */
  wasRefused(token: string): boolean {
    return this.#sql.read("SELECT 1 FROM refused_tokens WHERE hash = ?", sha256Hex(token)).length > 0;
  }

  /** Notes that a token was refused; call inside the storage step that records it. */
  noteRefused(token: string): void {
    this.#sql.write("INSERT INTO refused_tokens (hash) VALUES (?)", sha256Hex(token));
  }

  /** Opens a sign-in for a new device; the secret is given here and never again. */
  openSignIn(
    responder: string,
    deviceName: string,
    now: number,
  ): { readonly signInSecret: string; readonly signIn: SignIn } {
    const signInSecret = newSecret();
    const signIn: SignIn = {
      signInId: newId("sgn"),
      deviceId: newId("dev"),
      deviceName,
      responder,
      expiresAt: now + SIGN_IN_TTL_MS,
    };
    this.#sql.write(
      "INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?)",
      signIn.signInId,
      sha256Hex(signInSecret),
      signIn.deviceId,
      deviceName,
      responder,
      now,
      signIn.expiresAt,
    );
    return { signInSecret, signIn };
  }

  signInOf(signInSecret: string, now: number): SignIn | null {
    const rows = this.#sql.read<SignIn & Record<string, SqlStorageValue>>(
      `SELECT sign_in_id AS signInId, device_id AS deviceId, device_name AS deviceName, responder,
         expires_at AS expiresAt
       FROM sign_ins WHERE secret_hash = ? AND typeof(expires_at) = 'integer' AND expires_at > ?
         AND typeof(responder) = 'text' AND typeof(device_name) = 'text'`,
      sha256Hex(signInSecret),
      now,
    );
    return rows[0] ?? null;
  }

  /** Notes that a device is in use, seldom. */
  noteUse(signInId: string, now: number): void {
    const [last] = this.#sql.read<{ at: number }>(
      `SELECT COALESCE(used_at, opened_at) AS at FROM sign_ins LEFT JOIN sign_in_uses USING (sign_in_id)
       WHERE sign_in_id = ?`,
      signInId,
    );
    // A clock that was set back must not keep a device "in use" in the future.
    if (last !== undefined && now >= last.at && now - last.at < USE_NOTED_EVERY_MS) return;
    this.#sql.write("INSERT OR REPLACE INTO sign_in_uses VALUES (?, ?)", signInId, now);
  }

  /** How many links wait for a person: neither used nor expired. */
  waitingLinks(responder: string, now: number): number {
    const [row] = this.#sql.read<{ count: number }>(
      "SELECT COUNT(*) AS count FROM tokens WHERE kind = 'sign-in' AND holder = ? AND used_by IS NULL AND expires_at > ?",
      responder,
      now,
    );
    return row?.count ?? 0;
  }

  /** Whose sign-ins are valid. */
  signedIn(now: number): readonly string[] {
    const rows = this.#sql.read<{ responder: string }>(
      "SELECT DISTINCT responder FROM sign_ins WHERE typeof(expires_at) = 'integer' AND expires_at > ?",
      now,
    );
    return rows.map(({ responder }) => responder);
  }

  forgetToken(token: string): void {
    this.#sql.write("DELETE FROM tokens WHERE hash = ?", sha256Hex(token));
  }

  /** SignIns that are valid, newest first; `responder` null: of everybody. */
  signIns(responder: string | null, now: number): readonly ListedSignIn[] {
    return this.#sql.read<ListedSignIn & Record<string, SqlStorageValue>>(
      `SELECT sign_in_id AS signInId, device_name AS deviceName, responder, opened_at AS openedAt, expires_at AS expiresAt,
         COALESCE(used_at, opened_at) AS usedAt
       FROM sign_ins LEFT JOIN sign_in_uses USING (sign_in_id)
       WHERE expires_at > ?1 AND (?2 IS NULL OR responder = ?2) ORDER BY opened_at DESC, sign_in_id`,
      now,
      responder,
    );
  }

  endSignIn(signInId: string): void {
    this.#sql.write("DELETE FROM sign_ins WHERE sign_in_id = ?", signInId);
  }

  /** Ends what could let a person in: sign-ins and links that wait; `keptSignInId` goes on. */
  shutOut(responder: string, keptSignInId: string | null): void {
    this.#sql.write(
      "DELETE FROM sign_ins WHERE responder = ? AND sign_in_id IS NOT ?",
      responder,
      keptSignInId,
    );
    this.#sql.write(
      "DELETE FROM tokens WHERE kind = 'sign-in' AND used_by IS NULL AND holder = ?",
      responder,
    );
  }

  /** Whom a sign-in or a link that waits could let in. */
  whoMayCome(): readonly string[] {
    const rows = this.#sql.read<{ responder: string }>(
      "SELECT responder FROM sign_ins UNION SELECT holder FROM tokens WHERE kind = 'sign-in' AND used_by IS NULL",
    );
    return rows.map(({ responder }) => responder);
  }

  forgetExpired(now: number): void {
    this.#sql.write(
      "DELETE FROM tokens WHERE expires_at < ? OR typeof(expires_at) <> 'integer'",
      now - TOKEN_MEMORY_MS,
    );
    this.#sql.write("DELETE FROM refused_tokens WHERE hash NOT IN (SELECT hash FROM tokens)");
    this.#sql.write("DELETE FROM sign_ins WHERE expires_at <= ? OR typeof(expires_at) <> 'integer'", now);
    this.#sql.write("DELETE FROM sign_in_uses WHERE sign_in_id NOT IN (SELECT sign_in_id FROM sign_ins)");
  }
}
