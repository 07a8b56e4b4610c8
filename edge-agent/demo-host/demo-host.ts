// What a demo host of either kind can do. The control plane's side speaks to it over stdio only (main.ts): the two never import each
// other, so that the demo proves the protocol and not a shared memory.
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";

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
  /** who signed it, as the actuator has verified it */
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
    /** words of the fleet's trust that its root accepts; null: it believes no approver yet */
    readonly trustWords: string | null;
  }) => Promise<{ readonly hostId: string }>;
  /** its root accepts the version that is offered, by its words; throws while none with these words is */
  readonly acceptTrust: (words: string) => Promise<void>;
  /** the version of the fleet's trust that it believes; null: none */
  readonly trust: () => Promise<TrustMark | null>;
  /** one line to the actuator's socket, as who controls the agent could send it, and the line that it answers */
  readonly askActuator: (line: string) => Promise<string>;
  readonly breakService: () => Promise<void>;
  readonly status: () => Promise<DemoStatus>;
  readonly losePower: () => Promise<void>;
  /** ends everything and removes every trace but the host's own saved state */
  readonly stop: () => Promise<void>;
}

/** How `enroll` is told whom root believes. */
export function approverFlags(trustWords: string | null): readonly string[] {
  return trustWords === null ? ["--no-approver"] : ["--trust-words", trustWords];
}

/** What root does about the fleet's trust, by the host's own command. */
export function trustCommands(
  run: (argv: readonly string[]) => Promise<string>,
): Pick<DemoHost, "acceptTrust" | "trust"> {
  return {
    acceptTrust: async (words) => void (await run(["trust", "accept", "--words", words])),
    trust: async () => {
      const { believed } = JSON.parse(await run(["trust", "show", "--json"])) as {
        readonly believed: TrustMark | null;
      };
      return believed === null ? null : { version: believed.version, hash: believed.hash };
    },
  };
}

/** Says what it is doing, for the progress display. */
export type Say = (text: string) => void;
