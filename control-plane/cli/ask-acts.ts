// What `countersign ask …` does: it finds the host, looks whether it offers the action, and prints the link to the form in which a person asks.
// What a reader would get wrong: it asks for nothing itself. The admin token puts no words before people (ADR 0035).
import type { BodyOf } from "../src/api/table/route.ts";
import type { RouteOf } from "../src/api/table/routes.ts";
import { complain, type Desk, EXIT, printJson } from "./desk.ts";
import { hostIdOf } from "./host-id.ts";

type Form = BodyOf<RouteOf<"GET /v1/admin/hosts/:id/ask">>;

interface Wanted {
  /** id or name */
  readonly host: string;
  readonly service: string;
  readonly action: string;
  readonly why: string;
  readonly incident?: string;
  readonly json?: boolean;
}

/** Prints the link; ends with 1 when the host is not there, or offers no such action. */
export async function printAskLink(wanted: Wanted, { api, output }: Desk): Promise<number> {
  const { action, host, json, service, why } = wanted;
  const hostId = await hostIdOf(host, api);
  if (!hostId.ok) return complain(output, hostId.error);
  const shown = await api.ask("GET /v1/admin/hosts/:id/ask", { params: { id: hostId.value } });
  if (!shown.ok) return complain(output, shown.error);
  const form = shown.value;
  const offer = form.offered.find((offered) => offered.service === service && offered.action === action);
  if (offer === undefined && form.liveness !== null) {
    output.complain(notOffered(form, wanted));
    return EXIT.refused;
  }
  const url = linkOf(form, wanted);
  const { cannotRun, liveness } = form;
  if (json === true)
    printJson(output, {
      url,
      hostId: hostId.value,
      service,
      action,
      why,
      level: offer?.level ?? null,
      liveness,
      cannotRun,
    });
  else {
    const cannot = cannotText(form);
    if (cannot !== null) output.complain(cannot);
    output.complain("Open it on a signed-in device, and send the form: then the host is asked.");
    output.print(url);
  }
  return EXIT.done;
}

function linkOf({ url }: Form, { action, incident, service, why }: Wanted): string {
  const query = new URLSearchParams({
    service,
    action,
    why,
    ...(incident === undefined ? {} : { incident }),
  });
  return `${url}?${query.toString()}`;
}

function notOffered({ name, offered }: Form, { action, service }: Wanted): string {
  const offers = offered.map((each) => `${each.service} ${each.action}`);
  const rest = offers.length === 0 ? "It offers nothing." : `It offers: ${offers.join(", ")}.`;
  return `${name} offers no ${action} of ${service}. ${rest}`;
}

function cannotText({ cannotRun, liveness, name }: Form): string | null {
  if (cannotRun === "frozen") return `It cannot run now: automation on ${name} is frozen.`;
  if (liveness === null) return `It may not run now: the part that watches ${name} does not answer.`;
  return liveness === "up" ? null : `It cannot run now: ${name} is ${liveness}.`;
}
