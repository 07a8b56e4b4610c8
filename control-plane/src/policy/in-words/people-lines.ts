// The people side of a policy in words: who is paged when, who may sign in and answer, and by which ways they are reached.
// Pure.
import { listText } from "@countersign/shared/values/list-text";
import { namedAt } from "@countersign/shared/values/named";
import { GIVEN_ROLES, type Policy } from "../policy.ts";
import { reasonTitleOf } from "../reason-titles.ts";
import { countText, type PolicyLine, spanText } from "./line.ts";

/** Steps have no names: their order is told with each. */
const ORDER = "escalation.steps, in order";

/** The steps of the escalation, and how they repeat. */
export function whoLines(policy: Policy): readonly PolicyLine[] {
  const { repeatMs, steps } = policy.escalation;
  const told = steps.map(({ afterMs, notify }, index): PolicyLine => {
    const when = afterMs === 0 ? "At once" : `After ${spanText(afterMs)} without an answer`;
    const people = notify.map((responder) => waysOf(policy, responder));
    const text = `${when}: ${people.join("; ")}.`;
    return { key: `step ${index + 1}`, text, tells: [`escalation.steps[${index + 1}]`, ORDER] };
  });
  const repeat = `Then from the top after ${spanText(repeatMs)}, later at longer pauses, until somebody takes it.`;
  return [
    ...told,
    { key: "repeat", text: repeat, tells: ["escalation.repeat", ORDER] },
    ...policy.drills.map(drillLine),
  ];
}

function drillLine({ everyMs, path }: Policy["drills"][number]): PolicyLine {
  const text = `Every ${spanText(everyMs)}, by day, each of them gets a drill that says that nothing is wrong, and is to say that it came.`;
  return { key: `drill ${path}`, text, tells: ["drills"] };
}

function waysOf(policy: Policy, responder: string): string {
  const person = policy.responders.find(({ id }) => id === responder);
  if (person === undefined) return responder;
  if (person.send === "at-once") return `${person.name}, by ${wayText(person)}`;
  const [first = "", ...others] = person.channels;
  const then = others.length === 0 ? "" : `, and by ${listText(others, "then")} if that is not delivered`;
  return `${person.name}, by ${first}${then}`;
}

/** Who may sign in. */
export function peopleLines({ escalation, responders }: Policy): readonly PolicyLine[] {
  const paged = new Set(escalation.steps.flatMap(({ notify }) => notify));
  return responders.map((responder): PolicyLine => {
    const { id, timeZone } = responder;
    const who = whoText(responder);
    const unpaged = paged.has(id) ? "" : "; no step pages them";
    const clock = timeZone === undefined ? "" : `, by the clock of ${timeZone}`;
    const text = `${who}, reached by ${wayText(responder)}${clock}${unpaged}.`;
    return { key: id, text, tells: [`responders[${id}]`, "responders, in order"] };
  });
}

type Responder = Policy["responders"][number];

/** In which order a person is reached, or that it is at once. */
export function wayText({ channels, send }: Responder): string {
  if (send !== "at-once" || channels.length < 2) return listText(channels, "then");
  return `${listText(channels)} at once`;
}

function whoText({ id, name }: Responder): string {
  return name.toLowerCase() === id ? name : `${name} (${id})`;
}

/** What somebody may not do; who may do everything has no line. */
export function roleLines({ responders }: Policy): readonly PolicyLine[] {
  return responders.flatMap((responder): readonly PolicyLine[] => {
    const text = rolesText(responder);
    return text === null ? [] : [{ key: responder.id, text, tells: [`responders[${responder.id}].roles`] }];
  });
}

function rolesText(responder: Responder): string | null {
  const { roles } = responder;
  const lacking = GIVEN_ROLES.filter((role) => !roles.includes(role));
  if (lacking.length === 0) return null;
  if (roles.length === 0) return `${whoText(responder)} may only look.`;
  return `${whoText(responder)} may ${listText(roles)}, but not ${listText(lacking, "or")}.`;
}

/** What somebody may do otherwise than before: who stays is told by what differs, who comes by what they may not do. */
export function roleChanges(before: Policy, after: Policy): readonly PolicyLine[] {
  return after.responders.flatMap((responder): readonly PolicyLine[] => {
    const was = before.responders.find(({ id }) => id === responder.id);
    const said = was === undefined ? [rolesText(responder) ?? []].flat() : differenceText(was, responder);
    const tells = [`responders[${responder.id}].roles`];
    return said.map((text, index) => ({ key: `${responder.id} ${index}`, text, tells }));
  });
}

function differenceText(was: Responder, is: Responder): readonly string[] {
  const gained = is.roles.filter((role) => !was.roles.includes(role));
  const lost = was.roles.filter((role) => !is.roles.includes(role));
  return [
    ...(gained.length === 0 ? [] : [`${whoText(is)} may now ${listText(gained)}.`]),
    ...(lost.length === 0 ? [] : [`${whoText(is)} may no longer ${listText(lost, "or")}.`]),
  ];
}

/** The ways to reach people, without their addresses. */
export function channelLines({ channels, responders }: Policy): readonly PolicyLine[] {
  return Object.keys(channels).map((name): PolicyLine => {
    const channel = namedAt(channels, name);
    const secret = channel === undefined ? null : secretIn(channel);
    const isInsecure = channel !== undefined && "insecure" in channel && channel.insecure;
    const users = responders.filter((person) => person.channels.includes(name)).length;
    const parts = [
      channel?.kind ?? "of a kind that is not known",
      ...(secret === null ? [] : [`its secret is ${secret}`]),
      ...(isInsecure ? ["its pages can be read on their way"] : []),
      users === 0 ? "reaches nobody" : `reaches ${users === 1 ? "1 person" : `${users} people`}`,
    ];
    const tells = ["kind", "secret", "insecure"].map((key) => `channels.${name}.${key}`);
    return { key: name, text: `${name}: ${parts.join(", ")}.`, tells, tellsWhole: `channels.${name}.` };
  });
}

function secretIn(channel: object): string | null {
  return "secret" in channel && typeof channel.secret === "string" ? channel.secret : null;
}

/** What runs, and what is waited for before and after. */
export function runLines(policy: Policy): readonly PolicyLine[] {
  const { approval, ladder, restartBudget, verify } = policy;
  const { proposalsMax, proposalsWindowMs } = ladder;
  return [
    ...remediationLines(policy.remediations),
    line(
      "always",
      "A restart, or a change of configuration, waits for a person's yes, whatever stands here. A yes in advance is given at the desk, for one service.",
      [],
    ),
    line(
      "budget",
      `After ${countText(restartBudget.restartsMax, "restart")} within ${spanText(restartBudget.windowMs)}, by anyone, nothing more is proposed.`,
      ["restartBudget"],
    ),
    line(
      "proposals",
      `For one service ${countText(proposalsMax, "question")} at most ${proposalsMax === 1 ? "is" : "are"} put within ${spanText(proposalsWindowMs)}.`,
      ["ladder.proposals"],
    ),
    line(
      "observe",
      `A host is watched for ${spanText(ladder.observeFirstMs)} before anything is proposed there.`,
      ["ladder.observeFirst"],
    ),
    line(
      "question",
      `A question that nobody answers ends after ${spanText(approval.expiresAfterMs)}. A yes can be used for ${spanText(approval.grantValidMs)}.`,
      ["approval"],
    ),
    line("fixed", `It counts as fixed once it has stayed well for ${spanText(verify.stabilityMs)}.`, [
      "verify",
    ]),
  ];
}

/** … and in which order. */
function remediationLines(remediations: Policy["remediations"]): readonly PolicyLine[] {
  if (remediations.length === 0)
    return [line("none", "Nothing is proposed for any reason.", ["remediations"])];
  const told = remediations.map(({ action, reason, unattended }, index): PolicyLine => {
    const how =
      unattended === true
        ? "may run by itself where the host's own list gives it level 1, 2 or 3, and else asks"
        : "asks first";
    const text = `${reasonTitleOf(reason)} (${reason}): ${action} ${how}.`;
    const tells = [`remediations[${index + 1}].`];
    // What comes or goes moves the numbers of all after it.
    return { key: `${reason} ${action}`, text, tells, tellsWhole: "remediations" };
  });
  return [...told, ...orderLines(remediations)];
}

/** What is proposed first is told of each reason that has several. */
function orderLines(remediations: Policy["remediations"]): readonly PolicyLine[] {
  return [...Map.groupBy(remediations, ({ reason }) => reason)].flatMap(([reason, rungs]) => {
    if (rungs.length < 2) return [];
    const order = listText(
      rungs.map(({ action }) => action),
      "then",
    );
    const text = `${reasonTitleOf(reason)} (${reason}), of the same level in the host's own list: ${order}.`;
    return [line(`order ${reason}`, text, ["remediations"])];
  });
}

function line(key: string, text: string, tells: readonly string[]): PolicyLine {
  return { key, text, tells };
}
