// One person who may approve: their passkeys, when each signed last, and how one is taken out. Pure.
import type { Credential } from "@countersign/shared/wire/assertion";
import type { Approver } from "@countersign/shared/wire/fleet-trust";
import type { PasskeyUse } from "../../platform/approvers-rpc.ts";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { nextPath } from "./next-asked.ts";

const USED_FOR: Readonly<Record<PasskeyUse["usedFor"], string>> = {
  "sign-in": "to sign in",
  approval: "for a yes",
  standing: "for a yes in advance",
  trust: "for this list",
};

/** `mayChange`: the reader may sign the next list, so that they are shown what could be taken out. */
export function ApproverCard(props: {
  readonly approver: Approver;
  readonly name: string;
  readonly isReader: boolean;
  readonly uses: readonly PasskeyUse[];
  readonly mayChange: boolean;
  readonly now: number;
}) {
  const { approver, isReader, mayChange, name, now, uses } = props;
  return (
    <section class="card" aria-label={name}>
      <div class="row">
        <h2>
          <Exact text={name} /> {isReader && <span class="soft">(you)</span>}
        </h2>
        {mayChange && approver.credentials.length > 1 && (
          <a class="tap" href={nextPath({ removePerson: approver.person })}>
            Remove {isReader ? "yourself" : "them"}…
          </a>
        )}
      </div>
      <ul class="list">
        {approver.credentials.map((credential) => (
          <li class="row nw">
            <div>
              <b>
                <Exact text={credential.name} />
              </b>
              <p class="small soft">
                <PasskeyFacts credential={credential} uses={uses} now={now} />
              </p>
            </div>
            {mayChange && (
              <a
                class="tap"
                href={nextPath({ remove: credential.credentialId })}
                aria-label={`Remove ${credential.name} of ${name}`}
              >
                Remove…
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where it is kept, and when it signed last. */
export function PasskeyFacts(props: {
  readonly credential: Credential;
  readonly uses: readonly PasskeyUse[];
  readonly now: number;
}) {
  const { credential, now, uses } = props;
  const use = uses.find(({ credentialId }) => credentialId === credential.credentialId);
  return (
    <>
      {keptWords(credential)};{" "}
      {use === undefined ? (
        "not used yet"
      ) : (
        <>
          used <Age at={use.usedAt} now={now} />, {USED_FOR[use.usedFor]}
        </>
      )}
    </>
  );
}

/** Whether a passkey can leave its device. */
export function keptWords({ isSynced }: Pick<Credential, "isSynced">): string {
  return isSynced ? "copied between their devices" : "stays on its device";
}
