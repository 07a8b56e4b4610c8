// Random histories of an incident that grows worse and better, beside a model of how grave people know it to be.
import fc from "fast-check";
import { expect, it } from "vitest";
import { Severity } from "@countersign/shared/wire/service-report";
import { Desk } from "../desk-fixtures.ts";

const SEVERITIES = Severity.options;

type Command =
  | { readonly kind: "fire"; readonly severity: Severity }
  | { readonly kind: "acknowledge" | "clear" | "deliver" }
  | { readonly kind: "wait"; readonly ms: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("fire" as const), severity: fc.constantFrom(...SEVERITIES) }),
  },
  fc.record({ kind: fc.constantFrom("acknowledge" as const, "clear" as const, "deliver" as const) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 299_999, 601_000, 3_600_000) }),
);

// A model of its own: the highest severity that was rung for or acknowledged since the incident opened.
it(
  "in any history: a rise rings within three seconds, a fall never, and nothing rings while it is acknowledged",
  { timeout: 30_000 },
  () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40, size: "max" }), (commands) => {
        const desk = new Desk();
        const known = new Map<string, number>();
        for (const next of commands) {
          const before = desk.state.incidents;
          const done = new Set(desk.state.pages.ids());
          perform(desk, next);
          if (next.kind === "fire") desk.settle();
          const rung = desk.state.pages.values().filter(({ key, kind }) => kind === "ring" && !done.has(key));
          for (const { incidentId, state, severity } of desk.state.incidents.values()) {
            const rank = SEVERITIES.indexOf(severity);
            const told = known.get(incidentId);
            const mine = rung.filter((page) => page.incidentId === incidentId);
            const isFire = next.kind === "fire" && told !== undefined && state !== "resolved";
            const { acknowledgedUntilAt = null } = before.get(incidentId) ?? {};
            if (isFire && rank > told) expect(mine.length, "a rise rings").toBeGreaterThan(0);
            if (isFire && rank <= told && (acknowledgedUntilAt ?? 0) > desk.now)
              expect(mine, "what is acknowledged rings for nothing less").toEqual([]);
            if (isFire && rank <= told)
              expect(mine.flatMap(({ tells }) => tells.map(({ what }) => what))).not.toContain("rose");
            if (mine.length > 0 || (next.kind === "acknowledge" && state === "acknowledged"))
              known.set(incidentId, Math.max(rank, told ?? 0));
          }
        }
      }),
      { numRuns: 300 },
    );
  },
);

function perform(desk: Desk, next: Command): void {
  const incidentId = desk.state.incidents.ids().at(-1) ?? "";
  switch (next.kind) {
    case "fire":
      return void desk.fire({ severity: next.severity });
    case "acknowledge":
      return void desk.act("bob", { kind: "acknowledge", incidentId });
    case "clear":
      return void desk.clear();
    case "deliver":
      return desk.deliverPages();
    case "wait":
      return void desk.tickAfter(next.ms);
  }
}
