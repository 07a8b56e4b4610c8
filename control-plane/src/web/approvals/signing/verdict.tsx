// Who signed what ran, as its host itself has verified it: its own verdict, and not the desk's word. Pure.
import { listText } from "@countersign/shared/values/list-text";
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";
import { Exact } from "../../look/parts.tsx";
import { upperFirst } from "../../look/upper-first.ts";
import { HostName } from "../approval-parts.tsx";
import type { ShownApproval } from "../shown-approval.ts";
import { nameFor } from "../who.ts";

type Signer = Extract<VerifiedSigner, { readonly scheme: "webauthn" }>;

/** Nothing where nothing ran, or an older agent does not say it. */
export function Verdict(shown: ShownApproval) {
  const { approval } = shown;
  const signers = approval.outcome?.signers;
  if (signers === undefined || signers.length === 0) return null;
  const people = signers.filter((signer) => signer.scheme === "webauthn");
  const copied = people.filter(({ counterBefore }) => counterBefore !== undefined);
  return (
    <>
      <p class="small" data-says="verdict">
        <HostName name={approval.subject.hostName} /> itself verified:{" "}
        <Exact
          text={
            people.length === 0 ? DESK_ALONE : listText(people.map((signer) => signerWords(signer, shown)))
          }
        />
        .
      </p>
      {copied.length > 0 && (
        <p class="small warn" data-says="counter">
          <Exact text={upperFirst(listText(copied.map((signer) => passkeyOf(signer, shown))))} /> counted
          back: it may have been copied.
        </p>
      )}
    </>
  );
}

const DESK_ALONE = "the desk's signature; no person has to sign this there";

function signerWords(signer: Signer, shown: ShownApproval): string {
  const who = nameFor(shown.readers)(signer.person);
  return `${who}${signer.standing === undefined ? "" : ", in advance,"} by ${passkeyOf(signer, shown)}`;
}

function passkeyOf({ credentialId }: Signer, { approval, passkeyNames }: ShownApproval): string {
  const signed = approval.signatures?.find((signature) => signature.credentialId === credentialId);
  return (
    signed?.credentialName ?? passkeyNames.get(credentialId) ?? `a passkey (${credentialId.slice(0, 8)}…)`
  );
}
