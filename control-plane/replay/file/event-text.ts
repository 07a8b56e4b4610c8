// An event of an incident file as one line of the timeline. Pure.
import type { PlannedEvent } from "./planned-incident.ts";

const HOSTS_NAMED_MAX = 3;

/** Such as `discord on vps-1: restart by watchdog, every 28s, 60 times`. */
export function describeEvent(planned: PlannedEvent): string {
  const { event, verb, count } = planned;
  const detail = detailOf(event[verb]);
  const words = [verbWords(verb), detail].filter((part) => part !== "").join(" ");
  const again = event.every === undefined ? "" : `, every ${event.every}, ${count} times`;
  const over = event.over === undefined ? "" : `, over ${event.over}`;
  const subject = subjectText(planned);
  return `${subject === "" ? "" : `${subject}: `}${words}${again}${over}`;
}

function subjectText({ hosts, service }: PlannedEvent): string {
  if (hosts.length === 0) return "";
  const named = hosts.slice(0, HOSTS_NAMED_MAX).join(", ");
  const more = hosts.length > HOSTS_NAMED_MAX ? ` and ${hosts.length - HOSTS_NAMED_MAX} more` : "";
  return service === null ? named + more : `${service} on ${named}${more}`;
}

function verbWords(verb: PlannedEvent["verb"]): string {
  return verb === "note" ? "" : verb.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function detailOf(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .filter(([, part]) => part !== undefined && part !== "")
    .map(([key, part]) => `${key} ${typeof part === "object" ? JSON.stringify(part) : String(part)}`)
    .join(", ");
}
