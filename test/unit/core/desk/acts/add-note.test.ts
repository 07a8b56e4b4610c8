// What somebody writes down with an incident: kept in order, on record, within its bounds, and nothing else comes of it.
import { expect, it } from "vitest";
import { INCIDENT_NOTES_MAX, NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import { byAdmin } from "../../../../../control-plane/src/core/words/actor.ts";
import { IncidentShape } from "../../../../../control-plane/src/stored/desk-shapes.ts";
import { Desk } from "../desk-fixtures.ts";

function firingDesk(): Desk {
  const desk = new Desk();
  desk.fire();
  return desk;
}

const note = (desk: Desk, text: string) => desk.act("alice", { kind: "add-note", incidentId: "inc_1", text });

it("is kept with who wrote it and when, and stops no page", () => {
  const desk = firingDesk();
  const { nextStep } = desk.incident();
  const { effects } = note(desk, "  The disk is full.\nOmar calls the provider. ");
  expect(desk.incident()).toMatchObject({
    state: "open",
    nextStep,
    notes: [
      {
        at: desk.now,
        by: { kind: "person", responder: "alice" },
        text: "The disk is full.\nOmar calls the provider.",
      },
    ],
  });
  expect(effects.flatMap((effect) => (effect.kind === "audit" ? [effect.entry] : []))).toMatchObject([
    { act: "note-added", why: "The disk is full.\nOmar calls the provider." },
  ]);
  expect(IncidentShape.safeParse(desk.incident()).success).toBe(true);
});

it("stands behind the ones before, also once the incident is over", () => {
  const desk = firingDesk();
  note(desk, "first");
  desk.clear();
  desk.liveFor(11 * 60_000);
  expect(desk.incident().state).toBe("resolved");
  desk.take({
    kind: "act",
    act: { kind: "add-note", incidentId: "inc_1", text: "second" },
    by: byAdmin("dana"),
  });
  expect(desk.incident().notes?.map(({ text }) => text)).toEqual(["first", "second"]);
});

it.each([
  ["", "note-bounds"],
  [" \n ", "note-bounds"],
  ["x".repeat(NOTE_CHARS_MAX + 1), "note-bounds"],
  ["x".repeat(NOTE_CHARS_MAX), null],
])("has a word and an end: %j", (text, reason) => {
  const { answer } = note(firingDesk(), text);
  expect(answer.ok ? null : answer.error.reason).toBe(reason);
});

it("is refused where nothing is, and once there are enough", () => {
  const desk = firingDesk();
  expect(desk.act("alice", { kind: "add-note", incidentId: "inc_9", text: "x" }).answer).toEqual({
    ok: false,
    error: { reason: "incident-unknown" },
  });
  for (let count = 0; count < INCIDENT_NOTES_MAX; count += 1)
    expect(note(desk, `${count}`).answer.ok).toBe(true);
  expect(note(desk, "one more").answer).toEqual({ ok: false, error: { reason: "notes-full" } });
});
