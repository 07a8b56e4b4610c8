// Where a person asks a host for an act, and where they look what came of it. Pure.

/** The form for one host; `service` comes first on it, `incidentId` is the incident in which they ask. */
export function askPathOf(
  hostId: string,
  {
    action,
    incidentId,
    service,
  }: { incidentId?: string | null; service?: string | null; action?: string } = {},
): string {
  const query = Object.entries({ incident: incidentId, service, action }).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `/ask/${encodeURIComponent(hostId)}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** Where a person chooses the host first: the incident is about many. */
export function chooseHostPathOf(incidentId: string): string {
  return `/ask?incident=${encodeURIComponent(incidentId)}`;
}

/** What came of what was asked of a host. */
export function askedPathOf(hostId: string): string {
  return `/ask/${encodeURIComponent(hostId)}/asked`;
}

/** The same for who has just asked: it leads on to the question as soon as the host has said what it would run. */
export function justAskedPathOf(hostId: string): string {
  return `${askedPathOf(hostId)}?then=answer`;
}
