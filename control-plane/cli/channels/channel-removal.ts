// What `countersign channel remove` does: the policy without a channel, how its people are reached then, and how its
// secret is unbound. What a reader would get wrong: no secret is removed here. An undo of the policy would bring back a
// channel that could not work, so that unbinding is a step of its own, which is said.
import { type RemovedChannel, removeChannelText } from "../../src/policy/channel-removal.ts";
import { wayText } from "../../src/policy/in-words/people-lines.ts";
import { complain, type Desk, EXIT } from "../desk.ts";
import { type ActOptions, applyText } from "../policy/policy-acts.ts";
import { type Here, unbindLines } from "./binding-lines.ts";

/** Takes a channel out of the policy, and out of the list of everybody who has it. */
export async function removeChannel(name: string, options: ActOptions, desk: Desk): Promise<number> {
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const removed = removeChannelText(shown.value.text, name);
  if (!removed.ok) {
    desk.output.complain(removed.error.sentence);
    return removed.error.reason === "unknown" ? EXIT.badInput : EXIT.refused;
  }
  const { kind, sharedBindings, text, unusedBindings } = removed.value;
  const here = await hereOf(desk);
  const reached = reachedLines(removed.value);
  const code = await applyText(text, {
    options,
    desk,
    shown: shown.value,
    why: `without channel ${name}${options.why === undefined ? "" : `: ${options.why}`}`,
    beside: {
      members: {
        channel: name,
        kind,
        people: reachedOf(removed.value).map(({ channels, id }) => ({ person: id, channels })),
        unbind: { unused: unusedBindings, shared: sharedBindings },
      },
      lines: [
        ...reached,
        ...unboundLines(removed.value, here),
        "",
        "To take it back: countersign policy undo",
      ],
    },
  });
  if (options.dryRun === true && options.json !== true) for (const line of reached) desk.output.print(line);
  return code;
}

/** What the desk says of itself; a desk that says nothing keeps nobody from changing its policy. */
export async function hereOf({ api }: Pick<Desk, "api">): Promise<Here> {
  const reach = await api.ask("GET /v1/admin/reach", {});
  return reach.ok ? reach.value.here : undefined;
}

/** Those who had it, as they are then. */
function reachedOf({ people, policy }: RemovedChannel) {
  return policy.responders.filter(({ id }) => people.includes(id));
}

function reachedLines(removed: RemovedChannel): readonly string[] {
  const lines = reachedOf(removed).map((person) => `${person.id} is reached by ${wayText(person)}.`);
  return ["", ...(lines.length === 0 ? ["Nobody had it."] : lines)];
}

function unboundLines({ sharedBindings, unusedBindings }: RemovedChannel, here: Here): readonly string[] {
  const lines = [
    ...unbindLines(unusedBindings, here),
    ...sharedBindings.map(
      ({ binding, channels }) =>
        `${binding} stays bound: ${channels.join(", ")} ${channels.length === 1 ? "names" : "name"} it, too.`,
    ),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}
