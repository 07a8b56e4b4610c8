// Which next version of the list a person asks to see, read from the address of its view, and composed from the newest. Pure: from the same address and
// the same version come the same bytes, so that the form that signs it carries the address, and what it signed is composed anew and compared.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { type Level, type LevelRule, PEOPLE_MAX } from "@countersign/shared/wire/level-rule";
import { LEVEL_ACTS } from "@countersign/shared/wire/rule-words";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { nextTrustOf, parseLevel, type TrustChanges } from "../../core/words/next-trust.ts";
import type { ApproversNow, TrustDraft } from "../../platform/approvers-rpc.ts";
import { countIn } from "../frame/fields.ts";

/** A version that could be signed. */
export interface NextList {
  readonly trust: FleetTrust;
  readonly bytes: Uint8Array;
  readonly hash: string;
  /** what is kept of it already; null: nobody has signed it */
  readonly draft: TrustDraft | null;
}

/** `next-wrong`: nobody could sign it; `mended`: the same with less demanded, where that would do. */
export type NextRefusal =
  | {
      readonly reason:
        | "candidate-unknown"
        | "draft-unknown"
        | "next-unreadable"
        | "next-same"
        | "next-nobody";
    }
  | { readonly reason: "next-too-few"; readonly peopleCount: number; readonly mended: string };

type Known = Pick<ApproversNow, "candidates" | "drafts">;

/** Where the review of a change stands. */
export function nextPath(asked: Readonly<Record<string, string>>): string {
  return `/passkey/next?${new URLSearchParams(asked).toString()}`;
}

/** The version that an address asks for. */
export function nextListOf(
  asked: URLSearchParams,
  newest: KnownTrust,
  known: Known,
): Result<NextList, NextRefusal> {
  const draftHash = asked.get("draft");
  if (draftHash !== null) {
    const draft = known.drafts.find(({ hash }) => hash === draftHash);
    if (draft === undefined) return refuse({ reason: "draft-unknown" });
    const bytes = decodeBase64(draft.text);
    assert(bytes !== null, "a draft is kept as base64");
    return ok({ trust: draft.trust, bytes, hash: draft.hash, draft });
  }
  const changes = changesAsked(asked, newest, known);
  return changes.ok ? composed(changes.value, { asked, newest, known }) : changes;
}

function composed(
  changes: TrustChanges,
  {
    asked,
    known,
    newest,
  }: { readonly asked: URLSearchParams; readonly newest: KnownTrust; readonly known: Known },
): Result<NextList, NextRefusal> {
  if (isSame(changes, newest.trust)) return refuse({ reason: "next-same" });
  const peopleCount = peopleAfter(changes, newest.trust);
  if (peopleCount === 0) return refuse({ reason: "next-nobody" });
  const threshold = changes.threshold ?? newest.trust.threshold;
  const tooStrict = LEVEL_ACTS.flatMap(([level]) => {
    const rule = ruleAfter(level, changes, newest.trust);
    return rule !== undefined && rule.people > peopleCount ? [{ level, rule }] : [];
  });
  if (threshold > peopleCount || tooStrict.length > 0) {
    const mended = new URLSearchParams(asked);
    if (threshold > peopleCount) mended.set("threshold", String(peopleCount));
    for (const { level, rule } of tooStrict)
      mended.set(`level${level}`, levelText({ ...rule, people: peopleCount }));
    return refuse({ reason: "next-too-few", peopleCount, mended: `/passkey/next?${mended.toString()}` });
  }
  const next = nextTrustOf(newest, changes);
  if (!next.ok) return refuse({ reason: "next-unreadable" });
  const bytes = encodeUtf8(next.value.text);
  const hash = sha256Hex(bytes);
  const draft = known.drafts.find((each) => each.hash === hash) ?? null;
  return ok({ trust: next.value.trust, bytes, hash, draft });
}

function changesAsked(
  asked: URLSearchParams,
  { trust }: KnownTrust,
  { candidates }: Known,
): Result<TrustChanges, NextRefusal> {
  const unreadable = refuse({ reason: "next-unreadable" } as const);
  const credentialIds = trust.approvers.flatMap(({ credentials }) =>
    credentials.map(({ credentialId }) => credentialId),
  );
  const [remove, removePasskey] = [asked.getAll("removePerson"), asked.getAll("remove")];
  if (!remove.every((id) => trust.approvers.some(({ person }) => person === id))) return unreadable;
  if (!removePasskey.every((id) => credentialIds.includes(id))) return unreadable;
  const add: TrustChanges["add"][number][] = [];
  for (const id of asked.getAll("add")) {
    const found = candidates.find(({ credential }) => credential.credentialId === id);
    if (found === undefined) return refuse({ reason: "candidate-unknown" });
    add.push({ person: found.person, credential: found.credential });
  }
  const threshold = asked.has("threshold") ? countIn(asked.get("threshold"), PEOPLE_MAX) : null;
  if (asked.has("threshold") && (threshold ?? 0) < 1) return unreadable;
  const levels: TrustChanges["levels"][number][] = [];
  for (const [level] of LEVEL_ACTS) {
    const said = asked.get(`level${level}`);
    if (said === null) continue;
    const read = parseLevel(`${level}=${said}`);
    if (read === null || (level >= 4 && read.rule?.people === 0)) return unreadable;
    levels.push(read);
  }
  return ok({ remove, removePasskey, add, threshold, levels });
}

/** A form sends every choice, also those that stay as they are. */
function isSame({ add, levels, remove, removePasskey, threshold }: TrustChanges, trust: FleetTrust): boolean {
  const isKept = levels.every(
    ({ level, rule }) => levelText(rule ?? undefined) === levelText(trust.levels[level]),
  );
  const isChanged = add.length + remove.length + removePasskey.length > 0;
  return !isChanged && isKept && (threshold ?? trust.threshold) === trust.threshold;
}

function peopleAfter({ add, remove, removePasskey }: TrustChanges, { approvers }: FleetTrust): number {
  const left = approvers.filter(
    ({ credentials, person }) =>
      !remove.includes(person) &&
      credentials.some(({ credentialId }) => !removePasskey.includes(credentialId)),
  );
  return new Set([...left, ...add].map(({ person }) => person)).size;
}

function ruleAfter(level: Level, { levels }: TrustChanges, trust: FleetTrust): LevelRule | undefined {
  const changed = levels.findLast((each) => each.level === level);
  return changed === undefined ? trust.levels[level] : (changed.rule ?? undefined);
}

/** A rule as `parseLevel` reads it; undefined: the level is closed. */
export function levelText(rule: LevelRule | undefined): string {
  if (rule === undefined) return "closed";
  if (rule.people === 0) return "desk";
  const words = [
    ...(rule.mayAskerSign ? [] : ["not-asker"]),
    ...(rule.credentials === "device-bound" ? ["device-bound"] : []),
  ];
  return [String(rule.people), ...words].join(",");
}
