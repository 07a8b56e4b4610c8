// The versions of the policy that were applied, in the desk's SQLite: numbered, with who, when and why; the newest is in force. An undo
// is a new version too, with the text of the one before. Version 0 is the deployment's own POLICY. A text is checked before it is
// stored; one that the running code can no longer read is passed over for the newest that it can, and `problem` says so.
// Nothing here touches DeskState: an apply can lift no freeze, no silence and no acknowledgement.
import type { FileProblem } from "@countersign/shared/files/file-problem";
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Actor } from "../../core/words/actor.ts";
import type { KnownPolicy, ToldPolicy } from "../../core/words/shard-word.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { diffPolicies, isSamePolicy, type PolicyChange } from "../../policy/policy-diff.ts";
import { parsePolicyText } from "../../policy/policy-file.ts";
import type { Policy } from "../../policy/policy.ts";
import { readActor } from "../../stored/actor-shape.ts";
import type { CountedSql } from "../counted-sql.ts";

const CREATE = `CREATE TABLE policies (
  version INTEGER PRIMARY KEY, text TEXT, hash TEXT NOT NULL, applied_at INTEGER NOT NULL,
  applied_by TEXT NOT NULL, why TEXT NOT NULL, restores INTEGER
)`;
/** Older versions are forgotten; the audit keeps their hashes. */
export const POLICY_VERSIONS_MAX = 100;
/** Settings that an audit row names. */
const PATHS_NAMED_MAX = 12;

/** A version without its text. */
export interface PolicyVersion {
  readonly version: number;
  /** SHA-256 of the text */
  readonly hash: string;
  readonly appliedAt: number;
  readonly appliedBy: Actor;
  readonly why: string;
  /** the version whose text this one brought back; null: it brought its own */
  readonly restores: number | null;
}

/** The newest version's text, and all versions, newest first. */
export interface ShownPolicy {
  readonly version: number;
  readonly text: string;
  readonly problem: string | null;
  readonly history: readonly PolicyVersion[];
}

/** One version, and the settings in which it differs from the one before it; null: that one is not kept, or cannot be read. */
export interface PolicyVersionChanges {
  readonly version: PolicyVersion;
  readonly changes: readonly PolicyChange[] | null;
}

/** What a person asks for; `expectedVersion` is the one they saw. */
export interface PolicyAct {
  readonly expectedVersion: number;
  readonly by: Actor;
  readonly why: string;
  /** null: undo the version in force */
  readonly text: string | null;
  /** done also when nobody who is signed in stays so; absent: not then */
  readonly confirm?: boolean;
  /** kept also when it decides as the one in force does, and only its text is another; absent: not then */
  readonly keepText?: boolean;
}

/** How a text is the one in force already: to the letter, or by what it decides. */
export type SamePolicy = "text" | "meaning";

/** Why there is nothing to put into force. */
export type PlanRefusal =
  | { readonly reason: "policy-version-mismatch"; readonly version: number }
  | { readonly reason: "policy-malformed"; readonly problems: readonly FileProblem[] }
  | { readonly reason: "nothing-to-undo" };

export type PolicyActRefusal =
  | PlanRefusal
  /** nobody who is signed in would stay so, and that was not confirmed */
  | { readonly reason: "nobody-left"; readonly losesAccess: readonly string[] };

/** A version to be written, with the sentence for its audit row. */
export interface PlannedVersion {
  readonly row: PolicyVersion & { readonly text: string | null };
  readonly policy: Policy;
  readonly summary: string;
  /** null: it differs, or it takes a version back */
  readonly same: SamePolicy | null;
}

interface Row {
  version: number;
  text: string | null;
  hash: string;
  applied_at: number;
  /** JSON of an actor */
  applied_by: string;
  why: string;
  restores: number | null;
}

export class DeskPolicies {
  readonly #sql: CountedSql;
  readonly #own: string | undefined;
  #loaded: { readonly policy: Policy; readonly problem: string | null } | null = null;

  constructor(sql: CountedSql, ownText: string | undefined) {
    this.#sql = sql;
    this.#own = ownText;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** The policy in force; the newest version that can be read. */
  inForce(): Policy {
    return this.#load().policy;
  }

  /** What keeps the newest version from being in force; null: nothing. Throws when none can be read. */
  problem(): string | null {
    return this.#load().problem;
  }

  /** The newest version, when this code cannot read it and an older one is in force; null: it is in force. */
  unreadableVersion(): number | null {
    return this.#load().problem === null ? null : (this.told(null)?.version ?? 0);
  }

  /** The newest version's text, which is in force unless `problem` says otherwise. */
  inForceText(): string {
    return this.told(null)?.text ?? this.#own ?? "";
  }

  /** The text that is in force, and its version: the newest that can be read; null: none can. */
  readable(): { readonly version: number; readonly text: string } | null {
    const kept = this.#rows(POLICY_VERSIONS_MAX).map(({ text, version }) => ({
      version,
      text: text ?? this.#own ?? "",
    }));
    const texts = [...kept, { version: 0, text: this.#own ?? "" }];
    return texts.find(({ text }) => parsePolicyText(text).ok) ?? null;
  }

  /** All that a person may know; `problem` keeps the newest version from being in force, null: nothing does. */
  show(): ShownPolicy {
    const text = this.inForceText();
    const history = this.#rows(POLICY_VERSIONS_MAX).map(versionOf);
    return { version: history[0]?.version ?? 0, text, problem: this.problem(), history };
  }

  /** What one version changed; null: it is not kept. */
  changesOf(version: number): PolicyVersionChanges | null {
    const row = this.#row(version);
    if (row === null) return null;
    const before = version === 1 ? { text: null } : this.#row(version - 1);
    const [from, to] = [before, row].map((each) =>
      each === null ? null : parsePolicyText(each.text ?? this.#own ?? ""),
    );
    const changes = from?.ok === true && to?.ok === true ? diffPolicies(from.value, to.value) : null;
    return { version: versionOf(row), changes };
  }

  /** One version's text, as it was applied; null: it is not kept. */
  textOf(version: number): string | null {
    if (version === 0) return this.#own ?? "";
    const row = this.#row(version);
    return row === null ? null : (row.text ?? this.#own ?? "");
  }

  /** What a shard that holds `known` must be told; null: nothing. */
  told(known: KnownPolicy | null): ToldPolicy | null {
    const [newest] = this.#rows(1);
    const { version, hash, text } = newest ?? { version: 0, hash: "", text: null };
    return version === known?.version && hash === known.hash ? null : { version, hash, text };
  }

  /** Checks an act and says which version it would write; nothing is stored yet. */
  plan(act: PolicyAct, now: number): Result<PlannedVersion, PlanRefusal> {
    const version = this.told(null)?.version ?? 0;
    if (version !== act.expectedVersion) return refuse({ reason: "policy-version-mismatch", version });
    const restores = act.text === null ? this.#versionBefore(version) : null;
    if (act.text === null && restores === null) return refuse({ reason: "nothing-to-undo" });
    const text = restores === null ? act.text : this.#textOf(restores);
    const parsed = parsePolicyText(text ?? this.#own ?? "");
    if (!parsed.ok) return refuse({ reason: "policy-malformed", problems: parsed.error.problems });
    const hash = sha256Hex(text ?? this.#own ?? "");
    const { by, why } = act;
    const summary = `version ${version + 1}, sha256 ${hash}${restores === null ? "" : `, which brings back version ${restores}`}: ${this.#changesTo(parsed.value)}${why === "" ? "" : ` (${why})`}`;
    const row = { version: version + 1, text, hash, appliedAt: now, appliedBy: by, why, restores };
    const same = act.text === null ? null : this.#sameAs(act.text, parsed.value);
    return ok({ row, policy: parsed.value, summary, same });
  }

  /** Stores a planned version; from here on it is in force. Call inside one storage step with its audit row. */
  write({ row }: PlannedVersion): void {
    const { version, text, hash, appliedAt, appliedBy, why, restores } = row;
    this.#sql.write(
      "INSERT INTO policies VALUES (?, ?, ?, ?, ?, ?, ?)",
      version,
      text,
      hash,
      appliedAt,
      JSON.stringify(appliedBy),
      why,
      restores,
    );
    this.#sql.write("DELETE FROM policies WHERE version <= ?", version - POLICY_VERSIONS_MAX);
    this.#loaded = null;
  }

  // What cannot be read is not in force, so nothing is the same as it.
  #sameAs(text: string, policy: Policy): SamePolicy | null {
    if (this.problem() !== null) return null;
    if (text === this.inForceText()) return "text";
    return isSamePolicy(policy, this.inForce()) ? "meaning" : null;
  }

  #load(): { readonly policy: Policy; readonly problem: string | null } {
    if (this.#loaded !== null) return this.#loaded;
    const texts = this.#rows(POLICY_VERSIONS_MAX).map(({ text }) => text ?? this.#own);
    this.#loaded = loadFirstGood([...texts, this.#own], loadPolicy);
    if (this.#loaded.problem !== null) console.error("Load policy:", this.#loaded.problem);
    return this.#loaded;
  }

  // An undone version stays undone: what an undo brought back counts as that older version itself.
  #versionBefore(version: number): number | null {
    const before = this.#effective(version) - 1;
    return before < 0 || (before > 0 && this.#row(before) === null) ? null : this.#effective(before);
  }

  #effective(version: number): number {
    return this.#row(version)?.restores ?? version;
  }

  #textOf(version: number): string | null {
    return this.#row(version)?.text ?? null;
  }

  #row(version: number): Row | null {
    return this.#sql.read<Row>("SELECT * FROM policies WHERE version = ?", version).map(asText)[0] ?? null;
  }

  #rows(limit: number): readonly Row[] {
    return this.#sql.read<Row>("SELECT * FROM policies ORDER BY version DESC LIMIT ?", limit).map(asText);
  }

  // Names of settings only: a value may be an address that is as good as a password.
  #changesTo(after: Policy): string {
    const paths = diffPolicies(this.inForce(), after).map(({ path }) => path);
    if (paths.length === 0) return "no setting changes";
    const named = paths.slice(0, PATHS_NAMED_MAX).join(", ");
    return paths.length > PATHS_NAMED_MAX ? `${named} and ${paths.length - PATHS_NAMED_MAX} more` : named;
  }
}

// What is no text is refused as one that is no policy.
function asText(row: Row): Row {
  return row.text === null || typeof row.text === "string" ? row : { ...row, text: "" };
}

function versionOf(row: Row): PolicyVersion {
  const { version, hash, applied_at: appliedAt, applied_by: by, why, restores } = row;
  return { version, hash, appliedAt, appliedBy: readActor(by), why, restores };
}
