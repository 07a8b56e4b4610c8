// Why nothing can be signed where a view was opened, and where it can. Pure.
import { Exact } from "../look/parts.tsx";
import type { WhereToSign } from "./where-to-sign.ts";

/** `path`: of the view, to be opened at the right address. */
export function WhereCard(props: {
  readonly where: Exclude<WhereToSign, { readonly kind: "here" }>;
  readonly path: string;
}) {
  return (
    <section class="card wt" role="alert" data-says={props.where.kind}>
      <Where {...props} />
    </section>
  );
}

function Where({ path, where }: Parameters<typeof WhereCard>[0]) {
  switch (where.kind) {
    case "no-domain":
      return (
        <p>
          <b>No passkeys at an address.</b> Passkeys belong to a name such as desk.example.org. Give the desk
          one, start it with that name as <code>PUBLIC_URL</code>, and open it there.
        </p>
      );
    case "moved":
      return (
        <p>
          <b>The desk has another name now.</b> Its passkeys belong to <Exact text={where.rpId} />, and it is
          reached by <Exact text={where.origin} />: no passkey works here, so nobody can approve a restart,
          sign the next list, or sign in by passkey. Give it back a name at or below{" "}
          <Exact text={where.rpId} /> as <code>PUBLIC_URL</code>, and all of them work again. Else everybody
          makes a new passkey, each yes in advance ends, and root of each host accepts a new list:{" "}
          <code>countersign trust begin-anew</code> says what that costs before it does it.
        </p>
      );
    case "no-https":
      return (
        <p>
          <b>No passkeys without https.</b> Browsers sign only where nobody can listen: the desk is reached by{" "}
          <Exact text={where.origin} />. Put https before it, and start it with that address as{" "}
          <code>PUBLIC_URL</code>.
        </p>
      );
    case "elsewhere":
      return (
        <>
          <p>
            <b>Open it by its name to sign.</b> This view was opened at <Exact text={where.openedAt} />; the
            desk's passkeys work at <Exact text={where.origin} />. You may have to sign in there once.
          </p>
          <p>
            <a class="btn plain" href={`${where.origin}${path}`}>
              Open it there
            </a>
          </p>
        </>
      );
  }
}
