// One examiner looks at one kind of thing, and says by whose eyes it must be seen. doctor.ts runs those of the list that these eyes can
// see, and has the agent's own process look at the rest.
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { EDIT_CATALOGUE, renameInCatalogue } from "@countersign/shared/host/mend";
import type { HostPaths } from "../../paths.ts";
import { type Finding, ofService } from "./finding.ts";

/** What there is to examine. */
export interface Scene {
  readonly paths: HostPaths;
  readonly catalogue: Catalogue;
}

/**
 * `anyone`: whoever asks sees the same. `agent`: only from within the agent's sandbox is it seen as the agent sees it. `root`: nobody else may look
 * everywhere; another user is told what it could not see.
 */
export type Eyes = "anyone" | "agent" | "root";

export interface Examiner {
  /** what it looks at, in words for people */
  readonly name: string;
  readonly eyes: Eyes;
  /** it asks systemd or sudo, or what `install` wrote: not for an agent that was only started by hand */
  readonly isOfInstalled?: true;
  /** the agent watches the same all the time and tells it by itself: it is not told once more as something to mend */
  readonly isWatched?: true;
  /** it asks nothing of the catalogue, and looks also where that cannot be read */
  readonly isOfHost?: true;
  readonly examine: (scene: Scene) => Promise<readonly Finding[]>;
}

/** As many services are looked at at once. */
const AT_ONCE_MAX = 8;

/** An examination of each service, in the catalogue's order. */
export async function eachService(
  { services }: Catalogue,
  examine: (service: ServiceSpec) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let from = 0; from < services.length; from += AT_ONCE_MAX) {
    const some = services.slice(from, from + AT_ONCE_MAX);
    const found = await Promise.all(
      some.map(async (service) =>
        (await examine(service)).map((finding) => ofService(service.name, finding)),
      ),
    );
    findings.push(...found.flat());
  }
  return findings;
}

/** What to type where only a person knows what the catalogue should say. */
export function editCatalogue({ catalogue, mode }: HostPaths): string {
  return mode === "system" ? EDIT_CATALOGUE : `\${EDITOR:-vi} ${catalogue}`;
}

/** What to type where one name in the catalogue stands for another. */
export function rename({ catalogue, mode }: HostPaths, was: string, is: string): string {
  return mode === "system" ? renameInCatalogue(was, is) : `\${EDITOR:-vi} ${catalogue}`;
}
