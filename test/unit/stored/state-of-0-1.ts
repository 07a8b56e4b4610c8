// What version 0.1 had stored, as tables with a row in each: of a desk, of a shard, of D1. None of them bears a mark of its layout.

const HOST = "host_00000000000000000000000000000001";

export const DESK_OF_0_1 = [
  `CREATE TABLE documents (
    kind TEXT NOT NULL, id TEXT NOT NULL, incident_id TEXT NOT NULL, is_live INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  "CREATE INDEX documents_by_incident ON documents (incident_id)",
  "CREATE TABLE signals_taken (key TEXT PRIMARY KEY, taken_at INTEGER NOT NULL) WITHOUT ROWID",
  `CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
    subject TEXT NOT NULL, why TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL
  )`,
  `CREATE TABLE tokens (
    hash TEXT PRIMARY KEY, kind TEXT NOT NULL, holder TEXT NOT NULL, expires_at INTEGER NOT NULL, used_by TEXT
  ) WITHOUT ROWID`,
  `CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, device_id TEXT NOT NULL,
    device_name TEXT NOT NULL, responder TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE hosts (
    host_id TEXT PRIMARY KEY, shard_index INTEGER NOT NULL, name TEXT NOT NULL UNIQUE, enrolled_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  "CREATE TABLE projections (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE lifts (number INTEGER PRIMARY KEY AUTOINCREMENT, shard TEXT NOT NULL, lift TEXT NOT NULL)",
  `INSERT INTO hosts VALUES ('${HOST}', 0, 'web-1', 1)`,
  "INSERT INTO documents VALUES ('incident', 'inc_1', 'inc_1', 1, 1, '{\"incidentId\":\"inc_1\"}')",
  "INSERT INTO audit VALUES (1, 1, 'admin', 'enrolment-token-created', 'fleet', 'asked for', '', 'a')",
];

export const SHARD_OF_0_1 = [
  `CREATE TABLE hosts (
    host_id TEXT PRIMARY KEY, public_key TEXT NOT NULL, stored TEXT, catalogue TEXT NOT NULL DEFAULT '[]'
  ) WITHOUT ROWID`,
  "CREATE TABLE grants (grant_id TEXT PRIMARY KEY, pending TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE shard (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE projections (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE signals (number INTEGER PRIMARY KEY AUTOINCREMENT, signal TEXT NOT NULL)",
  `INSERT INTO hosts (host_id, public_key, stored) VALUES ('${HOST}', 'key', '{"hostId":"${HOST}"}')`,
  "INSERT INTO shard VALUES ('name', 'shard-0')",
  'INSERT INTO signals (signal) VALUES (\'{"key":"shard-0:1"}\')',
];

/** The tables of D1 that the first migration of 0.1 made, as far as rows are looked for here. */
export const D1_OF_0_1 = [
  "CREATE TABLE hosts (host_id text PRIMARY KEY NOT NULL, shard text NOT NULL, name text NOT NULL, liveness text NOT NULL, since_at integer NOT NULL)",
  "CREATE TABLE services (host_id text NOT NULL, service text NOT NULL, status text NOT NULL, summary text NOT NULL, PRIMARY KEY(host_id, service))",
  `CREATE TABLE audit (
    sequence integer PRIMARY KEY NOT NULL, at integer NOT NULL, actor text NOT NULL, act text NOT NULL,
    subject text NOT NULL, why text NOT NULL, previous_hash text NOT NULL, hash text NOT NULL
  )`,
  "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
  "INSERT INTO d1_migrations (name) VALUES ('0000_read-side.sql')",
  `INSERT INTO hosts VALUES ('${HOST}', 'shard-0', 'web-1', 'up', 1)`,
  "INSERT INTO audit VALUES (1, 1, 'admin', 'enrolment-token-created', 'fleet', 'asked for', '', 'a')",
];
