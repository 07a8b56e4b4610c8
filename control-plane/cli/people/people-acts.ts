// What `countersign people …` does. What a reader would get wrong: a role is the desk's word and opens nothing on a host; who may approve there say the
// passkeys in the fleet's trust, which stand beside it.
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { complain, type Desk, EXIT, printJson } from "../desk.ts";
import { NOBODY } from "../trust/read-trust.ts";
import { wordsOf } from "../trust/trust-words.ts";
import { peopleLines, type PersonShown } from "./people-lines.ts";
import { complainOfNames } from "./who-was-meant.ts";

interface Options {
  readonly json?: boolean;
}

interface InviteOptions extends Options {
  /** then the link is drawn as a code, too */
  readonly isOnTerminal: boolean;
}

/** Prints who may do what, and by which passkeys and devices. */
export async function listPeople({ json }: Options, { api, output }: Desk, now: number): Promise<number> {
  const trust = await api.ask("GET /v1/admin/trust", {});
  if (!trust.ok) return complain(output, trust.error);
  const approvers = await api.ask("GET /v1/admin/approvers", {});
  if (!approvers.ok) return complain(output, approvers.error);
  const signIns = await api.ask("GET /v1/admin/sign-ins", {});
  if (!signIns.ok) return complain(output, signIns.error);
  const people = peopleOf(trust.value, approvers.value, signIns.value);
  if (json === true) printJson(output, { people });
  else {
    const rest = people.some(({ passkeys }) => passkeys.length > 0) ? [] : ["", NOBODY];
    output.print([...peopleLines(people, now), ...rest].join("\n"));
  }
  return EXIT.done;
}

/** Makes a sign-in link for a person: it is sent to them, or printed while nobody is signed in. */
export async function invite(
  responder: string,
  { isOnTerminal, json }: InviteOptions,
  { api, output }: Desk,
): Promise<number> {
  const made = await api.ask("POST /v1/admin/sign-in-tokens", { body: { responder } });
  if (!made.ok) return complainOfNames({ responder }, { api, output }, made.error);
  if (json === true) {
    printJson(output, made.value);
    return EXIT.done;
  }
  const until = new Date(made.value.expiresAt).toISOString();
  if (made.value.delivery === "paged") {
    output.print(`Sent to ${responder} by ${made.value.channel}. It opens the desk once, until ${until}.`);
    return EXIT.done;
  }
  output.complain(`Opens the desk for ${responder} once, until ${until}:`);
  if (isOnTerminal) {
    const { renderUnicodeCompact } = await import("uqr");
    output.complain(renderUnicodeCompact(made.value.url));
  }
  output.print(made.value.url);
  return EXIT.done;
}

/** Takes back a passkey that waits. */
export async function withdraw(named: string, { json }: Options, { api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/approvers", {});
  if (!shown.ok) return complain(output, shown.error);
  const found = shown.value.candidates.filter(({ credential }) => credential.credentialId.startsWith(named));
  const [candidate] = found;
  if (candidate === undefined || found.length > 1) {
    const which = candidate === undefined ? "No passkey" : `${found.length} passkeys`;
    output.complain(`${which} with an id that begins with ${named}: see \`countersign people list\`.`);
    return EXIT.refused;
  }
  const { credential, person } = candidate;
  const params = { id: credential.credentialId };
  const withdrawn = await api.ask("DELETE /v1/admin/candidates/:id", { params });
  if (!withdrawn.ok) return complain(output, withdrawn.error);
  if (json === true) printJson(output, withdrawn.value);
  else output.print(`Taken back: ${person}'s passkey "${credential.name}".`);
  return EXIT.done;
}

type Trust = BodyOf<RouteOf<"GET /v1/admin/trust">>;
type Approvers = BodyOf<RouteOf<"GET /v1/admin/approvers">>;
type SignIns = BodyOf<RouteOf<"GET /v1/admin/sign-ins">>;

/** Everybody of the policy, and whoever beside it has a passkey or a device still. */
function peopleOf({ versions }: Trust, now: Approvers, { signIns }: SignIns): readonly PersonShown[] {
  const newest = versions.at(-1);
  const read = newest === undefined ? null : readSignedTrust(newest);
  const approvers = read?.ok === true ? read.value.trust.approvers : [];
  const uses = new Map(now.uses.map(({ credentialId, ...use }) => [credentialId, use]));
  const ids = [
    ...now.people.map(({ person }) => person),
    ...approvers.map(({ person }) => person),
    ...now.candidates.map(({ person }) => person),
    ...signIns.map(({ responder }) => responder),
  ];
  return [...new Set(ids)].map((id) => {
    const known = now.people.find(({ person }) => person === id);
    const passkeys = approvers.find(({ person }) => person === id)?.credentials ?? [];
    return {
      person: id,
      name: known?.name ?? null,
      roles: known?.roles ?? [],
      passkeys: passkeys.map(({ credentialId, isSynced, name }) => ({
        credentialId,
        name,
        isSynced,
        lastUse: uses.get(credentialId) ?? null,
      })),
      devices: signIns
        .filter(({ responder }) => responder === id)
        .map(({ deviceName, signInId, usedAt }) => ({ signInId, name: deviceName, usedAt })),
      waiting: now.candidates
        .filter(({ person }) => person === id)
        .map(({ credential, expiresAt, hash }) => ({
          credentialId: credential.credentialId,
          name: credential.name,
          words: wordsOf(hash),
          expiresAt,
        })),
    };
  });
}
