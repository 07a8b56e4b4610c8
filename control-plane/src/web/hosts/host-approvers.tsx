// Whom a host believes when it is to run something that people must sign: the version of the fleet's list that it says it has, beside the newest.
// Pure. What a reader would get wrong: only its root can have it believe a first one; whatever the desk sends, it keeps for root to look at.
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { Fingerprint } from "../passkeys/fingerprint.tsx";

/** How a host stands to the fleet's list. */
export type Believes =
  /** an agent from before people's own signatures */
  | "version-1"
  | "not-known"
  /** the fleet has no list yet, nor has the host */
  | "nobody-yet"
  | "none"
  | "newest"
  | "behind"
  /** of the same number or a higher one, and not the desk's */
  | "another";

/** Reads it from what the host said last; null: it is not connected. */
export function believesOf({ connection }: HostState, trust: KnownTrust | null): Believes | null {
  if (connection === null) return null;
  if (connection.signing === undefined) return "version-1";
  const { trust: mark } = connection.signing;
  if (mark === undefined) return "not-known";
  if (mark === null) return trust === null ? "nobody-yet" : "none";
  if (trust === null) return "another";
  if (mark.hash === trust.hash) return "newest";
  return mark.version < trust.trust.version ? "behind" : "another";
}

interface Props {
  readonly state: HostState;
  readonly trust: KnownTrust | null;
}

/** What is to be done about it; nothing where it believes the newest, or will by itself. */
export function ApproversNotice({ state, trust }: Props) {
  switch (believesOf(state, trust)) {
    case "version-1":
      return (
        <section class="card wt" data-says="install-again">
          <p>
            <b>Install again.</b> The agent here is of version 1: it is watched, and nothing can be asked of
            it, for it cannot check who signed. As its root, with the new build:
          </p>
          <pre tabindex={0}>countersign-agent install</pre>
        </section>
      );
    case "nobody-yet":
      return (
        <section class="card wt" data-says="nobody-yet">
          <p>
            <b>Levels 4 and 5 are closed here</b>: nobody may approve a restart yet.{" "}
            <a href="/passkey">Create your passkey</a>
          </p>
        </section>
      );
    case "none":
      return (
        <section class="card wt" data-says="none">
          <p>
            <b>Levels 4 and 5 are closed here</b>: its root has not accepted who may approve. As its root:
          </p>
          <pre tabindex={0}>countersign-agent trust accept</pre>
          <p>It shows eight words, which must be these:</p>
          {trust !== null && <Fingerprint hash={trust.hash} />}
        </section>
      );
    case "another":
      return (
        <section class="card no" role="alert" data-says="another">
          <p>
            <b class="bad">It believes another list of who may approve than this desk has.</b> Nothing that
            people sign here may run there. As its root, see which:
          </p>
          <pre tabindex={0}>countersign-agent trust show</pre>
        </section>
      );
    case "newest":
    case "behind":
    case "not-known":
    case null:
      return null;
  }
}

/** The same as a fact. */
export function believesText({ state, trust }: Props): string | null {
  const version = state.connection?.signing?.trust?.version ?? 0;
  switch (believesOf(state, trust)) {
    case "version-1":
    case "nobody-yet":
    case "none":
      return "nobody yet";
    case "newest":
      return `version ${version} of the list, the newest`;
    case "behind":
      return `version ${version} of the list; ${trust?.trust.version} comes to it by itself`;
    case "another":
      return `version ${version} of another list`;
    case "not-known":
      return "not known: it could not say";
    case null:
      return null;
  }
}
