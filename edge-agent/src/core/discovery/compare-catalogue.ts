// A catalogue beside what was found on its host: what it lacks, and what of it is not there any more. Pure; it never changes the catalogue.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import type { Observations } from "./observations.ts";
import { containerSource, proposeServices, sourceOf, unitSource } from "./propose-services.ts";
import type { Discovery, Proposal } from "./service-draft.ts";

export interface Difference {
  /** found, and not in the catalogue; at most as many as it has room for */
  readonly missing: readonly Proposal[];
  /** how many more there were */
  readonly leftCount: number;
  /** in the catalogue, and not found: a line each */
  readonly gone: readonly string[];
  readonly notes: Discovery["notes"];
}

/** Compares; services are known by what they watch, whatever they are called. */
export function compareCatalogue({ services }: Pick<Catalogue, "services">, seen: Observations): Difference {
  const sources = new Set(services.flatMap((service) => sourceOf(service) ?? []));
  const names = new Set(services.map(({ name }) => name));
  const { services: missing, notes } = proposeServices(seen, { names, sources });
  const room = Math.max(0, SERVICES_PER_HOST_MAX - services.length);
  const there = new Set([
    ...seen.units.map(({ unit, owner }) => unitSource(unit, owner)),
    ...seen.containers.flatMap(({ name, engine }) => (name === null ? [] : containerSource(name, engine))),
  ]);
  const gone = services.flatMap((service) => {
    const source = sourceOf(service);
    if (source === null || there.has(source)) return [];
    const nearest = nearestOf(source, [...there].filter((other) => !sources.has(other)).toSorted());
    return [
      `${service.name}: ${source} was not found${nearest === null ? "" : `, did you mean ${nearest}?`}`,
    ];
  });
  return { missing: missing.slice(0, room), leftCount: Math.max(0, missing.length - room), gone, notes };
}
