// One thing that two managers run, each of which starts it again behind the other's back: told, never resolved. Pure.
import { KNOWN_AGENTS } from "./known-agents.ts";
import type { Holder, Observations } from "./observations.ts";

/** A line for each. */
export function twoManagersOf({ units, processes, containers }: Observations): readonly string[] {
  const lines = new Set<string>();
  const alive = units.filter(
    ({ activeState, fileState }) => activeState === "active" || fileState === "enabled",
  );
  for (const unit of alive) {
    const twin = alive.find((other) => other.unit === unit.unit && other.owner !== unit.owner);
    if (twin !== undefined && unit.owner === null && unit.path.startsWith("/etc/"))
      lines.add(
        `Two managers: ${unit.unit} is a unit of the machine and of user ${twin.owner ?? ""}. Disable one of them.`,
      );
    if (/\/(?:docker|podman)$/.test(unit.program) && containers.length > 0)
      lines.add(
        `Two managers: ${unit.unit} starts a container by ${unit.program}. Let either the unit or the container's restart policy restart it, and name only that one below.`,
      );
  }
  for (const { title, process } of KNOWN_AGENTS) {
    if (process === null) continue;
    const held = processes.filter(({ name }) => process.test(name)).map(({ holder }) => wordsOf(holder));
    const places = [...new Set(held)].toSorted();
    if (places.length > 1) lines.add(`Two managers: ${title} runs in ${places.join(" and in ")}. Keep one.`);
  }
  for (const { name, user, holder } of processes)
    if (name.startsWith("PM2 v") && !(holder?.kind === "unit" && holder.unit.endsWith(".service")))
      lines.add(
        `pm2 of user ${user} runs in ${wordsOf(holder)}: nothing starts it after a reboot. Run \`pm2 startup\` and \`pm2 save\`, then discover again.`,
      );
  return [...lines].toSorted();
}

function wordsOf(holder: Holder): string {
  if (holder === null) return "no unit";
  if (holder.kind === "container") return `container ${holder.id.slice(0, 12)}`;
  return holder.owner === null ? holder.unit : `${holder.unit} of user ${holder.owner}`;
}
