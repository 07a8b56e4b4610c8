// What a host is by its own word, to be compared with others that fail or do not. Pure types.
export interface HostTraits {
  readonly hostId: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** null: it has not said */
  readonly agentVersion: string | null;
  /** it is up, and nothing is wrong with it or its services */
  readonly isWell: boolean;
}
