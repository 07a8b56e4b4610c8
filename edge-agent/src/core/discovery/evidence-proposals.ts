// Which files that were seen belong to a service, and how they are watched: what everybody may look for becomes evidence, the rest a suggestion with the
// commands that open it. Pure. What a reader would get wrong: evidence that the agent cannot read pages somebody (a privilege gap).
import { EVIDENCE_ITEMS_MAX } from "@countersign/shared/values/limits";
import { folderOf, plainPathOf } from "../evidence/plain-path.ts";
import { KNOWN_HOME_FILES, knownAgentOf } from "./known-agents.ts";
import type { FoundFile, FoundUnit, Observations } from "./observations.ts";
import type { EvidenceDraft, Suggestion } from "./service-draft.ts";
import { stemOf } from "./service-names.ts";
import { worthOf } from "./worth-watching.ts";

const PATH = /^\/[A-Za-z0-9._@+/-]+$/;

/** What of the files of a unit's user is watched with it. */
export function evidenceFor(
  unit: FoundUnit,
  seen: Observations,
): { readonly draft: EvidenceDraft | null; readonly suggestions: readonly Suggestion[] } {
  const files = filesOf(unit, seen).filter(({ path }) => PATH.test(path));
  const open = files.filter(({ isVisible }) => isVisible).slice(0, EVIDENCE_ITEMS_MAX);
  const closed = files.filter(({ isVisible }) => !isVisible).slice(0, EVIDENCE_ITEMS_MAX);
  const credentials = open.filter(isCredential).map(credentialOf);
  const config = open.filter((file) => !isCredential(file)).map(({ path }) => path);
  return {
    draft: open.length === 0 ? null : { credentials, config },
    suggestions: closed.length === 0 ? [] : [closedSuggestion(closed)],
  };
}

function closedSuggestion(files: readonly FoundFile[]): Suggestion {
  const lines = files.map((file, index) =>
    isCredential(file)
      ? `    - { name: ${credentialOf(file, index).name}, path: ${file.path}, refresh: self }`
      : `    - ${file.path}`,
  );
  const part = (key: string, wanted: boolean) => {
    const own = lines.filter((_, index) => isCredentialAt(files, index) === wanted);
    return own.length === 0 ? [] : [`  ${key}:`, ...own];
  };
  const folders = [...new Set(files.map(({ path }) => folderOf(plainPathOf(path))))];
  return {
    why: `found, and closed to the agent (${folders.map((folder) => `sudo setfacl -m u:countersign-agent:x ${folder}`).join("; ")} opens it, and so each closed folder above it):`,
    lines: ["evidence:", ...part("credentials", true), ...part("config", false)],
  };
}

function isCredentialAt(files: readonly FoundFile[], index: number): boolean {
  const file = files[index];
  return file !== undefined && isCredential(file);
}

// An agent's own files go to its own unit; what any program may use, to the only service that its user has.
function filesOf(unit: FoundUnit, seen: Observations): readonly FoundFile[] {
  const user = userOf(unit);
  const own = seen.files.filter((file) => file.user === user && file.user !== null);
  const agent = knownAgentOf(unit.unit)?.title ?? null;
  const isOnly = seen.units.filter((other) => userOf(other) === user && isService(other)).length === 1;
  return own.filter(({ kind }) => {
    const wanted = KNOWN_HOME_FILES.find((known) => known.kind === kind)?.agent ?? null;
    return wanted === null ? isOnly : wanted === agent;
  });
}

function isService(unit: FoundUnit): boolean {
  return ["own", "packaged"].includes(worthOf(unit));
}

function userOf({ owner, user }: FoundUnit): string {
  if (owner !== null) return owner;
  return user === "" ? "root" : user;
}

function isCredential({ kind }: FoundFile): boolean {
  return KNOWN_HOME_FILES.some((known) => known.kind === kind && known.role === "credential");
}

function credentialOf({ kind, path }: FoundFile, index: number) {
  return {
    name: index === 0 ? stemOf(kind) : `${stemOf(kind)}-${index + 1}`,
    path,
    refresh: "self",
  } as const;
}
