// What a demo host of either kind can do. The control plane's side speaks to it over stdio only (main.ts): the two never import each
// other, so that the demo proves the protocol and not a shared memory.
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";
import type { TrustView } from "../src/core/actuator/trust-words.ts";

/** The service that can be broken, as the host itself sees it. */
export interface DemoStatus {
  readonly kind: "systemd" | "process";
  readonly activeState: string;
  /** 0: not running */
  readonly mainPid: number;
  /** every execution the actuator journalled, oldest first */
  readonly executions: readonly Execution[];
  /** the sudoers lines of the actuator; empty in a process host, which needs none */
  readonly sudoers: readonly string[];
}

export interface Execution {
  readonly grantId: string;
  readonly action: string;
  readonly argv: readonly string[];
  readonly status: string;
  readonly detail: string;
  /** who signed it, as the host has verified it */
  readonly signers: readonly VerifiedSigner[];
}

export interface DemoHost {
  readonly kind: "systemd" | "process";
  /** address where the control plane must listen for it, and the host's own; null: loopback */
  readonly link: { readonly gateway: string; readonly address: string } | null;
  /** exact command with which a person breaks the service */
  readonly breakCommand: string;
  /** enrols, installs and starts agent, actuator and service; resolves when all run */
  readonly enrol: (options: {
    readonly url: string;
    readonly token: string;
    /** fingerprint words of the fleet's approvers; null: none is believed yet */
    readonly trustWords: string | null;
  }) => Promise<{ readonly hostId: string }>;
  /** believes the approvers that the control plane offers, once it does, by their words */
  readonly acceptTrust: (words: string) => Promise<void>;
  /** what `countersign-agent trust show --json` says */
  readonly trust: () => Promise<TrustView>;
  readonly breakService: () => Promise<void>;
  readonly status: () => Promise<DemoStatus>;
  readonly losePower: () => Promise<void>;
  /** ends everything and removes every trace but the host's own saved state */
  readonly stop: () => Promise<void>;
}

/** Says what it is doing, for the progress display. */
export type Say = (text: string) => void;
