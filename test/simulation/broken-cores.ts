// Cores with one planted bug each, all of them bugs that monitors of others have had. They prove that the invariants find bugs.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { entriesOf, namedAt, namedFrom, NONE_NAMED } from "@countersign/shared/values/named";
import { NO_RECORDS, recordsFrom } from "@countersign/shared/values/records";
import { assert } from "@countersign/shared/values/result";
import { parseProposal } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskState } from "../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_BOOK } from "../../control-plane/src/core/facts/fact-book.ts";
import type { ServiceState } from "../../control-plane/src/core/shard/host/shard-state.ts";
import { storedHostOf } from "../../control-plane/src/core/shard/kept/shard-stored.ts";
import {
  endsWithItsFirst,
  leavesOneBehind,
  leavesQuestionsBehind,
  ringsForEachQuestion,
  tellsClearedAsOver,
  updatesAtOnce,
  withDesk,
} from "./broken-incidents.ts";
import { type Cores, PRODUCTION_CORES } from "./cores.ts";
import type { FaultKind } from "./faults/fault-schedule.ts";

/** A page counts as delivered before anybody has tried: a crash in between, or a broken channel, loses it (healthchecks' flips). */
function forgetsPagesInCrashes(): Cores {
  return withDesk((decision) => ({
    ...decision,
    state: changePages(decision.state, (page) =>
      page.state === "pending" && page.attempts > 0 ? { ...page, state: "delivered" } : page,
    ),
  }));
}

/** The journal is not asked, so a grant that comes twice runs twice. */
function executesTwice(): Cores {
  const { admitSigned } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    admitSigned: (input) => {
      const { minted, now } = input;
      const observed = minted === null ? input.observed : mintedUnit(minted.bytes);
      return admitSigned({ ...input, isNonceUsed: false, restartCount: 0, observed, now });
    },
  };
}

/** The tap is answered with yes and then forgotten. */
function ignoresAcknowledgements(): Cores {
  return withDesk((decision, before, event) =>
    event.kind === "act" && event.act.kind === "acknowledge"
      ? { ...decision, state: before, effects: [] }
      : decision,
  );
}

/** Whatever resolves is told to everybody on call, whether or not they knew (komari, beszel). */
function tellsRecoveryToAll(): Cores {
  return withDesk((decision, before) => ({
    ...decision,
    effects: decision.effects.flatMap((effect) => {
      const isRecovered = effect.kind === "send-page" && effect.page.kind === "recovered";
      const { incidentId } = isRecovered ? effect.page : { incidentId: "" };
      if (!isRecovered || before.incidents.get(incidentId) === undefined) return [effect];
      return [
        effect,
        { ...effect, page: { ...effect.page, key: `${effect.page.key}+`, responder: "carol" } },
      ];
    }),
  }));
}

/** Time that was not heard of is taken for silence: a shard that slept blames its hosts at once. */
function hasNoSelfDoubt(): Cores {
  const { decideShard } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideShard: (state, event, context) =>
      decideShard(state, event.kind === "sweep" ? { ...event, lastSeenAt: NONE_NAMED } : event, context),
  };
}

/** Each sweep stores every host. */
function writesRowsForAll(): Cores {
  return {
    ...PRODUCTION_CORES,
    planHostRows: (_before, after) => after.hosts.values().map(storedHostOf),
  };
}

/** What is due of a host that is late or down is forgotten. */
function forgetsWhatIsDue(): Cores {
  return { ...PRODUCTION_CORES, hostDueAt: () => Number.POSITIVE_INFINITY };
}

/** A deploy, a rule or a recovery takes the brake off. */
function liftsFreezesAlone(): Cores {
  return withDesk((decision, _before, event) =>
    event.kind === "tick" ? { ...decision, state: { ...decision.state, freezes: NO_RECORDS } } : decision,
  );
}

/** A yes in advance that is never used up. */
function neverUsesUpStanding(): Cores {
  const { decideDesk } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideDesk: (state, event, context) => {
      const entries = state.standing.entries().map(([id, one]) => [id, { ...one, usesCount: 0 }] as const);
      const standing = recordsFrom(entries);
      return decideDesk({ ...state, standing }, event, context);
    },
  };
}

/** The brake is on record, and nobody looks at it. */
function ignoresFreezes(): Cores {
  const { decideDesk } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideDesk: (state, event, context) => {
      const isBrake =
        event.kind === "act" && (event.act.kind === "freeze" || event.act.kind === "lift-freeze");
      if (isBrake) return decideDesk(state, event, context);
      const decision = decideDesk({ ...state, freezes: NO_RECORDS }, event, context);
      const freezes = recordsFrom([...decision.state.freezes.entries(), ...state.freezes.entries()]);
      return { ...decision, state: { ...decision.state, freezes } };
    },
  };
}

function forgetful(service: ServiceState): ServiceState {
  const { ladder } = service;
  if (ladder === undefined || ladder.tried.length + ladder.ranAt.length === 0) return service;
  return { ...service, ladder: { ...ladder, tried: [], ranAt: [] } };
}

/** What was tried is forgotten at once, on shard, desk and host: the lowest rung runs again and again. */
function forgetsWhatItTried(): Cores {
  const { admitSigned, decideShard } = PRODUCTION_CORES;
  const forgetsEnds = withDesk((decision) => ({
    ...decision,
    state: {
      ...decision.state,
      approvals: recordsFrom(
        decision.state.approvals
          .entries()
          .map(([id, approval]) => [id, approval.state === "failed" ? { ...approval, end: null } : approval]),
      ),
    },
  }));
  return {
    ...forgetsEnds,
    admitSigned: (input) => admitSigned({ ...input, restartCount: 0 }),
    decideShard: (state, event, context) => {
      const decision = decideShard(state, event, context);
      let { hosts } = decision.state;
      for (const [hostId, host] of hosts.entries()) {
        const services = entriesOf(host.services).map(
          ([name, service]) => [name, forgetful(service)] as const,
        );
        if (services.some(([name, service]) => namedAt(host.services, name) !== service))
          hosts = hosts.with(hostId, { ...host, services: namedFrom(services) });
      }
      return { ...decision, state: { ...decision.state, hosts } };
    },
  };
}

/** Shadow is a word in a file: what it covers fires in earnest. */
function ignoresShadow(): Cores {
  const { decideShard } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideShard: (state, event, context) =>
      decideShard(state, event, { ...context, policy: { ...context.policy, shadow: false } }),
  };
}

/** Whatever is said counts, understood or not: a host whose every frame is refused is never down. */
function hearsNonsense(): Cores {
  const { decideShard } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideShard: (state, event, context) => {
      if (event.kind !== "frame-refused") return decideShard(state, event, context);
      const { hostId } = event;
      return decideShard(state, { kind: "reported", hostId, digest: true, services: [] }, context);
    },
  };
}

/** Facts are taken in and mean nothing. */
function dropsFacts(): Cores {
  const { decideShard } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideShard: (state, event, context) =>
      decideShard(state, event.kind === "facts" ? { ...event, facts: [] } : event, context),
  };
}

/** What fires for the whole shard holds nobody back. */
function restartsTheSuffering(): Cores {
  const { decideShard } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideShard: (state, event, context) => {
      if (event.kind === "facts" || event.kind === "sweep") return decideShard(state, event, context);
      const decision = decideShard({ ...state, book: EMPTY_BOOK }, event, context);
      return { ...decision, state: { ...decision.state, book: state.book } };
    },
  };
}

/** The read side hears of services and never of their host. */
function forgetsToProject(): Cores {
  const { planShardProjection } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    planShardProjection: (before, after, now) =>
      planShardProjection(before, after, now).filter(({ table }) => table !== "hosts"),
  };
}

/** What people got lately is forgotten, so nothing is ever held. */
function forgetsWhatItSent(): Cores {
  const { decideDesk } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideDesk: (state, event, context) => decideDesk({ ...state, sentLately: NO_RECORDS }, event, context),
  };
}

/** Whatever is new rings with the next digest. */
function holdsWhatIsNew(): Cores {
  return withDesk((decision, before) => {
    const isNew = ({ covers, key, kind }: Page) =>
      kind === "ring" && covers === undefined && before.pages.get(key) === undefined;
    return {
      ...decision,
      state: changePages(decision.state, (page) =>
        isNew(page) ? { ...page, state: "held", attempts: 0 } : page,
      ),
      effects: decision.effects.filter((effect) => effect.kind !== "send-page" || !isNew(effect.page)),
    };
  });
}

interface PlantedBug {
  readonly bug: string;
  readonly cores: () => Cores;
  readonly breaks: RegExp;
  /** only these faults happen, and more of them; absent: all */
  readonly kinds?: readonly FaultKind[];
  /** absent: 6 */
  readonly hosts?: number;
  /** of all kinds, before those that are not among `kinds` are left out; absent: 150 */
  readonly faultsPerHour?: number;
}

/** Every planted bug, with the promise that it breaks. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { bug: "drops a page in a crash", cores: forgetsPagesInCrashes, breaks: /A page is lost in no crash/ },
  {
    bug: "executes twice",
    cores: executesTwice,
    breaks: /One execution per nonce/,
    kinds: ["service-fails-until-restarted", "grants-come-twice"],
  },
  { bug: "ignores acknowledgements", cores: ignoresAcknowledgements, breaks: /acknowledged incident/ },
  { bug: "tells everybody of a recovery", cores: tellsRecoveryToAll, breaks: /No "recovered"/ },
  { bug: "blames without looking", cores: hasNoSelfDoubt, breaks: /fresher sign of life/ },
  { bug: "writes rows for healthy hosts", cores: writesRowsForAll, breaks: /writes no row/ },
  { bug: "forgets what is due", cores: forgetsWhatIsDue, breaks: /Silence is heard/ },
  {
    bug: "drops facts",
    cores: dropsFacts,
    breaks: /tells to be wrong for long enough/,
    kinds: ["credential-is-rejected", "privilege-is-missing", "automation-is-stuck"],
  },
  {
    bug: "restarts who suffers from a provider",
    cores: restartsTheSuffering,
    breaks: /restarts nobody who suffers/,
    kinds: ["provider-fails"],
  },
  {
    bug: "forgets to project",
    cores: forgetsToProject,
    breaks: /read side loses no row/,
    kinds: ["host-reboots"],
  },
  { bug: "lifts freezes by itself", cores: liftsFreezesAlone, breaks: /lifted by people only/ },
  {
    bug: "never uses up a yes in advance",
    cores: neverUsesUpStanding,
    breaks: /without a person's yes/,
    kinds: ["service-fails-until-restarted", "person-approves-in-advance"],
    hosts: 1,
  },
  {
    bug: "ignores freezes",
    cores: ignoresFreezes,
    breaks: /while a person's freeze holds/,
    kinds: ["service-fails-until-restarted", "person-freezes", "lower-rungs-help"],
  },
  {
    bug: "forgets what it tried",
    cores: forgetsWhatItTried,
    breaks: /without a person stays within the budget/,
    kinds: ["service-fails", "service-flaps", "lower-rungs-help"],
  },
  {
    bug: "ignores shadow",
    cores: ignoresShadow,
    breaks: /in shadow pages nobody/,
    kinds: ["policy-is-applied", "service-fails"],
  },
  {
    bug: "takes what it does not understand for life",
    cores: hearsNonsense,
    breaks: /Silence is heard/,
    kinds: ["host-is-not-understood"],
  },
  {
    bug: "rings for each question",
    cores: ringsForEachQuestion,
    breaks: /at the documented pace/,
    kinds: ["service-fails-until-restarted", "people-stay-away"],
  },
  { bug: "holds what is new", cores: holdsWhatIsNew, breaks: /storm never holds back/ },
  {
    bug: "forgets what it sent",
    cores: forgetsWhatItSent,
    breaks: /more messages than the documented number/,
    kinds: [
      "privilege-is-missing",
      "credential-is-rejected",
      "automation-is-stuck",
      "provider-fails",
      "service-fails",
      "service-flaps",
      "host-reboots",
    ],
    hosts: 10,
    faultsPerHour: 400,
  },
  { bug: "tells each piece of news at once", cores: updatesAtOnce, breaks: /at the documented pace/ },
  { bug: "ends an incident with its first finding", cores: endsWithItsFirst, breaks: /over while it is not/ },
  { bug: "tells what has cleared as over", cores: tellsClearedAsOver, breaks: /over while it is not/ },
  {
    bug: "leaves a finding behind in a merge",
    cores: leavesOneBehind,
    breaks: /lost in a merge/,
    kinds: ["service-fails", "host-reboots"],
  },
  {
    bug: "leaves questions behind in a merge",
    cores: leavesQuestionsBehind,
    breaks: /lost in a merge/,
    kinds: ["service-fails", "host-reboots"],
  },
];

function changePages(state: DeskState, change: (page: Page) => Page): DeskState {
  return { ...state, pages: recordsFrom(state.pages.entries().map(([key, page]) => [key, change(page)])) };
}

/** The unit as it was when the proposal was minted: the precondition is not looked at either. */
function mintedUnit(bytes: string): UnitState {
  const parsed = parseProposal(decodeBase64(bytes) ?? new Uint8Array());
  assert(parsed.ok, "a proposal that was minted here can be read");
  return parsed.value.unitState;
}
