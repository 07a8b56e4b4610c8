// The yes at the thumb where a person's passkey must sign: the form that opens the sheet or, where its reader cannot sign, why not and who can. Pure.
import type { Child } from "hono/jsx";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import { readHashOf } from "../../../core/desk/approvals/current.ts";
import type { Approval } from "../../../core/desk/records/approval.ts";
import { Exact } from "../../look/parts.tsx";
import { signingOptions } from "../../signing/own-passkeys.ts";
import { PasskeyForm } from "../../signing/passkey-form.tsx";
import { nounOf } from "../act-words.ts";
import { ANSWER_IDS } from "../waiting/answers-card.tsx";
import { isTooFew, type NameOf, othersCan, signedSoFar } from "./signing-words.ts";
import type { OwnSigning, Signing } from "./who-must-sign.ts";

/** `ready`: what comes of the last signature that is needed. */
export function YesByPasskey(props: {
  readonly approval: Approval;
  readonly signing: Signing;
  readonly nameOf: NameOf;
  readonly token: string;
  readonly ready: string;
  readonly isPlain: boolean;
  /** above the button */
  readonly children?: Child;
}) {
  const { approval, children, isPlain, nameOf, ready, signing, token } = props;
  const { own } = signing;
  const path = `/approvals/${encodeURIComponent(approval.approvalId)}`;
  if (own.kind !== "ready") return <CannotSign {...{ own, signing, nameOf, path }} />;
  const bytes = decodeBase64(approval.proposalBytes);
  assert(bytes !== null, "a proposal is kept as base64");
  return (
    <PasskeyForm
      action={`${path}/approve`}
      kind="get"
      token={token}
      options={signingOptions("proposal", bytes, own)}
      current={{ path: `${path}/current`, read: readHashOf(approval.proposal) }}
      says={`Approve ${nounOf(approval.proposal)}`}
      ready={readyWords(signing, ready)}
      looks={{ form: "yes", button: isPlain || isTooFew(signing) ? "btn plain" : "btn" }}
      describedBy={ANSWER_IDS.yes}
    >
      <input type="hidden" name="proposalHash" value={approval.proposalHash} />
      {children}
    </PasskeyForm>
  );
}

/** What comes of the reader's signature. */
function readyWords(signing: Signing, ready: string): string {
  if (isTooFew(signing)) return "cannot run: too few people can sign it";
  const { missingCount, signed } = signing;
  if (missingCount > 1) return `your signature; ${missingCount - 1} more must follow`;
  return signed.length === 0 ? ready : `the last signature; ${ready}`;
}

function CannotSign(props: {
  readonly own: Exclude<OwnSigning, { readonly kind: "ready" }>;
  readonly signing: Signing;
  readonly nameOf: NameOf;
  readonly path: string;
}) {
  const { nameOf, own, path, signing } = props;
  const can = othersCan(signing, nameOf);
  switch (own.kind) {
    case "signed":
      return (
        <p class="small" data-says="signed">
          <Exact text={signedSoFar(signing, nameOf)} />
        </p>
      );
    case "asker":
      return (
        <p class="small" data-says="asker">
          <b>You asked for it, so others must sign it.</b> <Exact text={can} />
        </p>
      );
    case "no-role":
      return (
        <p class="small" data-says="not-yours">
          <b>The rules do not let you approve it.</b> <Exact text={can} />
        </p>
      );
    case "synced-only":
      return (
        <p class="small" data-says="synced-only">
          <b>This host takes only a passkey that never leaves its device</b>, and yours is copied.{" "}
          <Exact text={can} />
        </p>
      );
    case "no-trust":
      return (
        <Way
          href="/passkey"
          does="Create your passkey"
          under="before somebody has one, nobody can approve this"
        />
      );
    case "no-passkey":
      return (
        <Way href="/passkey" does="Who may approve" under={`no passkey of yours is in that list. ${can}`} />
      );
    case "elsewhere":
      return own.where.kind === "elsewhere" ? (
        <Way
          href={`${own.where.origin}${path}`}
          does="Open it by its name to sign"
          under={`passkeys work at ${own.where.origin}`}
        />
      ) : (
        <Way
          href="/passkey"
          does="Why nothing can be signed here"
          under="the desk's address has no passkeys"
        />
      );
  }
}

function Way({
  does,
  href,
  under,
}: {
  readonly href: string;
  readonly does: string;
  readonly under: string;
}) {
  return (
    <div class="yes">
      <a class="btn plain" href={href} data-says="cannot-sign">
        <span>{does}</span>
        <small>
          <Exact text={under} />
        </small>
      </a>
    </div>
  );
}
