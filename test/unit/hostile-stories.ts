// Stories that any name may be put into: on a host, in the shard, at the desk. They are told by what was decided, without the names.
import { NOTHING_REPORTED, planReport } from "@countersign/shared/host/report-plan";
import { namedFrom } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import { restoreHost, storedHostOf } from "../../control-plane/src/core/shard/kept/shard-stored.ts";
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import { hostedSubject } from "../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../control-plane/src/policy/policy.ts";
import { framesOf } from "../../edge-agent/src/core/connection/reporting.ts";
import {
  EMPTY_EVIDENCE,
  NOTHING_READ,
  takeReading,
  tellAll,
} from "../../edge-agent/src/core/evidence/evidence-book.ts";
import { parseLedgerLine } from "../../edge-agent/src/core/evidence/ledger.ts";
import { Desk, POLICY } from "./core/desk/desk-fixtures.ts";
import { restoredDesk } from "./core/desk/restored-desk.ts";
import {
  connectionWith,
  driveShard,
  type DrivenShard,
  grantWith,
  outcomeWith,
  reportWith,
  START_AT,
  WEB_1,
} from "./core/shard/shard-driver.ts";

export interface Names {
  readonly host: string;
  readonly service: string;
  readonly check: string;
  readonly thing: string;
}
export const PLAIN: Names = { host: WEB_1, service: "web", check: "http", thing: "grt_1" };

/** What was decided, without the words that name anything. */
function told(effects: readonly { readonly kind: string }[]): readonly string[] {
  return effects.map((effect) => {
    if (!("signal" in effect)) return effect.kind;
    const signal = effect.signal as { readonly kind: string; readonly reason?: string };
    return `${signal.kind} ${signal.reason ?? ""}`;
  });
}

/** What came of asking an object for something that it only inherits. */
export const NONSENSE = /NaN|native code|\[object |undefined/;

function tellShard(shard: DrivenShard, names: Names, status: "pass" | "fail"): void {
  const { service, check, host: hostId } = names;
  const written = reportWith({ run: shard.now(), status });
  const results = written.results.map((result) => ({ ...result, check }));
  shard.send({ kind: "reported", hostId, digest: false, services: [{ ...written, service, results }] });
  for (const credential of [check, service])
    shard.send({
      kind: "facts",
      hostId,
      facts: [
        { kind: "credential-use", credential, isAccepted: false, detail: "401", at: shard.now(), service },
        { kind: "work", counter: credential, value: 1, at: shard.now(), service },
      ],
    });
}

/** The shard forgets, and reads its rows again. */
function forget(shard: DrivenShard, { host: hostId }: Names): void {
  const row = JSON.parse(JSON.stringify(storedHostOf(shard.host(hostId)))) as ReturnType<typeof storedHostOf>;
  const restored = restoreHost(row, null);
  shard.replaceState({ ...shard.state(), hosts: recordsFrom([[hostId, restored]]) });
  shard.connect(hostId, { catalogue: shard.host(hostId).connection?.catalogue ?? [] });
}

export function tellOfAHost(names: Names): { readonly story: readonly string[]; readonly words: string } {
  const { host, service, thing: grantId } = names;
  const shard = driveShard();
  const catalogue = connectionWith().catalogue.map((entry) => ({ ...entry, service }));
  shard.enrol(host, host);
  shard.connect(host, { catalogue });
  tellShard(shard, names, "pass");
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    tellShard(shard, names, "fail");
  }
  shard.send({
    kind: "grant-issued",
    grant: grantWith({ grantId, hostId: host, service, expiresAt: shard.now() + 60_000 }),
  });
  shard.send({ kind: "outcome", hostId: host, outcome: outcomeWith({ grantId, service }) });
  shard.send({
    kind: "freeze-lifted",
    scope: hostedSubject({ hostId: host, hostName: host }, service),
    by: byPerson("alice"),
  });
  forget(shard, names);
  for (let count = 0; count < 3; count += 1) {
    shard.advance(60_000);
    tellShard(shard, names, "pass");
  }
  shard.fallSilent(host);
  shard.advance(120_000);
  return { story: told(shard.effects), words: JSON.stringify(shard.effects) };
}

function policyOf(channel: string, responder: string): Policy {
  const steps = POLICY.escalation.steps.map((step) => ({ ...step, notify: [responder] }));
  return {
    ...POLICY,
    channels: namedFrom([[channel, { kind: "terminal" }]]),
    responders: [{ id: responder, name: responder, channels: [channel], roles: ["approve"] }],
    escalation: { ...POLICY.escalation, steps },
  };
}

export function tellOfADesk(names: Names): { readonly story: readonly string[]; readonly words: string } {
  const { host, service, thing, check } = names;
  const desk = new Desk(policyOf(check, thing));
  const subject = hostedSubject({ hostId: host, hostName: host }, service);
  const signal = { subject, reason: "check-failing", evidence: [] } as const;
  desk.fire({ ...signal, evidence: [] });
  desk.take({ kind: "route-checked", channel: check, problem: "the binding is not set" });
  desk.take({ kind: "route-checked", channel: check, problem: null });
  desk.act(thing, { kind: "freeze", scope: subject, why: "x" });
  desk.act(thing, { kind: "lift-freeze", scope: subject, why: "x" });
  desk.take({ kind: "page-attempted", key: thing, channel: check, result: "delivered", detail: "" });
  desk.deliverPages();
  desk.state = restoredDesk(JSON.stringify(desk.state));
  desk.fire({ ...signal, shadow: { tags: [thing] }, reason: "no-progress" });
  desk.act(thing, { kind: "acknowledge", incidentId: thing });
  desk.act(thing, { kind: "acknowledge", incidentId: desk.incident().incidentId });
  desk.tickAfter(3_600_000);
  desk.take({ kind: "signal", signal: { ...desk.signalBase(), kind: "cleared", ...signal } });
  desk.tickAfter(3_600_000);
  return { story: told(desk.effects), words: JSON.stringify([desk.effects, desk.state]) };
}

export function tellOfAnAgent({ service, check }: Names): readonly unknown[] {
  const written = reportWith({ run: 1, status: "fail" });
  const observed = [
    { ...written, service, results: written.results.map((result) => ({ ...result, check })) },
  ];
  const first = planReport(observed, NOTHING_REPORTED, 0);
  const again = planReport(observed, first.reported, 1_000);
  const line = JSON.stringify({ kind: "identity", identity: check, holder: service, at: START_AT });
  const facts = parseLedgerLine(line, { service, now: START_AT, credentials: [check], commands: [] });
  const events = facts.ok ? facts.value : [];
  const reading = { ...NOTHING_READ, events, standing: events };
  const book = takeReading(EMPTY_EVIDENCE, { source: check, service }, { reading, now: START_AT });
  const frames = framesOf(first, START_AT).length;
  return [frames, first.services.length, again.services.length, facts.ok, tellAll(book).queue.facts.length];
}
