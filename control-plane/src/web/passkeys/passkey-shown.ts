// All that the view of who may approve shows. Types alone.
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { ApproversNow } from "../../platform/approvers-rpc.ts";
import type { Frame } from "../frame/layout.tsx";
import type { WhereToSign } from "../signing/where-to-sign.ts";
import type { Creating } from "./create-form.tsx";

export interface PasskeyShown {
  readonly frame: Frame;
  /** null: nobody may approve yet */
  readonly trust: KnownTrust | null;
  readonly where: WhereToSign;
  readonly approversNow: ApproversNow;
  /** for the choice of a domain; null: none is to be chosen, or not by the reader */
  readonly choosing: string | null;
  /** null: none can be made here, or not by the reader */
  readonly form: Creating | null;
  /** of the rules' people by their ids */
  readonly names: ReadonlyMap<string, string>;
  /** for withdrawing and forgetting: by credential id, and by hash of a next list */
  readonly tokens: ReadonlyMap<string, string>;
  /** the version that has come into force just now; null: none */
  readonly inForce: number | null;
}
