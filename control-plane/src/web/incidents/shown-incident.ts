// What a view of an incident is made of: all that the desk says of it, who reads, and the tokens of its forms. Pure types.
import type { HostWords } from "../../core/shard/kept/told-words.ts";
import type { HostTraits } from "../../core/words/host-traits.ts";
import type { FoundIncident } from "../../http/post-mortem.ts";
import type { Frame } from "../frame/layout.tsx";
import type { Meaning } from "../runbooks/meaning.ts";
import type { People } from "./people-words.ts";

export interface ShownIncident {
  readonly frame: Frame;
  readonly found: FoundIncident;
  readonly people: People;
  /** the finding that a person wants to read; null: whichever is first */
  readonly chosenId: string | null;
  readonly meaning: Meaning;
  /** what the service is called by its host's catalogue; null: nothing more than its name, or not known */
  readonly serviceTitle: string | null;
  /** how long pages stop when somebody takes it */
  readonly takenForMs: number;
  readonly acknowledgeToken: string;
  /** who may take it or answer, by name; null, absent: the reader may */
  readonly whoMayAnswer?: readonly string[] | null;
  /** hosts that have the service, where many share the incident; null: not asked, or not known */
  readonly traits: readonly HostTraits[] | null;
  /** what the logs of its services said last */
  readonly lastWords: readonly HostWords[];
}
