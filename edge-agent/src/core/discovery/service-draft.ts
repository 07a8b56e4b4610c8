// What is proposed of a service: what stands in the catalogue, and what is said beside it. Pure types.

/** A service as a catalogue would have it, without what has a default. */
export interface ServiceDraft {
  readonly name: string;
  readonly title?: string;
  readonly manager?: "user";
  readonly user?: string;
  readonly unit?: string;
  readonly container?: { readonly name: string; readonly engine: "docker" | "podman" };
  readonly checks: readonly CheckDraft[];
  readonly evidence?: EvidenceDraft;
  readonly actions: readonly ActionDraft[];
}
export type CheckDraft =
  | { readonly name: string; readonly kind: "unit" }
  | { readonly name: string; readonly kind: "http"; readonly url: string }
  | { readonly name: string; readonly kind: "tcp"; readonly port: number };
export interface ActionDraft {
  readonly name: string;
  readonly kind: "systemctl" | "container";
  readonly verb: "restart";
  readonly level: 4;
  /** as a catalogue has it; absent: the default is enough */
  readonly timeout?: string;
}
export interface EvidenceDraft {
  readonly credentials: readonly { readonly name: string; readonly path: string; readonly refresh: "self" }[];
  readonly config: readonly string[];
}

export interface Proposal {
  readonly draft: ServiceDraft;
  /** what a person should know of it, a line each */
  readonly notes: readonly string[];
  /** what may be added: why, and the lines of the catalogue */
  readonly suggestions: readonly Suggestion[];
}
export interface Suggestion {
  readonly why: string;
  readonly lines: readonly string[];
}

export interface Discovery {
  readonly services: readonly Proposal[];
  /** what was seen and is not proposed, with why, a line each */
  readonly passedOver: readonly string[];
  readonly notes: readonly string[];
}
