// Random histories of an incident that grows worse and better (core/desk/paging/raised.ts), beside a model of who was told of what.
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

// A model of its own: the highest severity that was sent or acknowledged since the incident opened.
it("in any history: a rise is told at once, a fall never, and no page comes while it is acknowledged", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40, size: "max" }), (commands) => {
      const desk = new Desk();
      const known = new Map<string, number>();
      for (const next of commands) {
        const done = desk.effects.length;
        const before = desk.state.incidents;
        perform(desk, next);
        const sent = desk.effects
          .slice(done)
          .flatMap((effect) => (effect.kind === "send-page" ? [effect.page] : []));
        const firsts = sent.filter(({ kind, attempts }) => kind === "firing" && attempts === 1);
        for (const { incidentId, state, severity } of desk.state.incidents.values()) {
          const rank = SEVERITIES.indexOf(severity);
          const told = known.get(incidentId);
          const mine = firsts.filter((page) => page.incidentId === incidentId);
          const isRise = next.kind === "fire" && told !== undefined && rank > told && state !== "resolved";
          if (isRise) expect(mine.length, "a rise is told").toBeGreaterThan(0);
          const isFall = next.kind === "fire" && told !== undefined && rank <= told;
          const wasTaken = before.get(incidentId)?.state === "acknowledged";
          if (isFall && wasTaken) expect(mine, "what is acknowledged pages nobody for less").toEqual([]);
          if (isFall) expect(mine.filter(({ key }) => key.includes("raised"))).toEqual([]);
          if (mine.length > 0 || (next.kind === "acknowledge" && state === "acknowledged"))
            known.set(incidentId, Math.max(rank, told ?? 0));
        }
      }
    }),
    { numRuns: 300 },
  );
});

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
