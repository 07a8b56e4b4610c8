// Lives through days of an incident that nobody acknowledges, by the desk's own alarms.
import { type Desk, START_AT } from "../desk-fixtures.ts";

const DAY = 86_400_000;

/** When Alice was paged about an incident that nobody acknowledged for so long, in milliseconds after its start. */
export function pagedAt(desk: Desk, days: number): readonly number[] {
  desk.fire();
  const endsAt = START_AT + days * DAY;
  for (;;) {
    desk.deliverPages();
    const alarmAt = desk.tickAfter(0).alarmAt ?? Infinity;
    if (alarmAt > endsAt) break;
    desk.now = alarmAt;
    desk.take({ kind: "tick" });
  }
  return desk.state.pages
    .values()
    .filter(({ responder }) => responder === "alice")
    .map(({ createdAt }) => createdAt - START_AT);
}
