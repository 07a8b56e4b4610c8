// Which of several sessions is told to run: the newest start that has not ended.
import { expect, it } from "vitest";
import {
  beginSession,
  endSession,
  NONE_OPEN,
  OPEN_SESSIONS_MAX,
  type OpenSessions,
  runningSinceOf,
} from "@countersign/shared/host/open-sessions";

type Told = { readonly begins: number | null } | { readonly ends: number };

function after(told: readonly Told[]): OpenSessions {
  return told.reduce<OpenSessions>(
    (open, line) => ("ends" in line ? endSession(open, line.ends) : beginSession(open, line.begins)),
    NONE_OPEN,
  );
}

it.each<[string, readonly Told[], number | null]>([
  ["nothing was told", [], null],
  ["one runs", [{ begins: 5 }], 5],
  ["it has ended", [{ begins: 5 }, { ends: 5 }], null],
  ["two run", [{ begins: 5 }, { begins: 9 }], 9],
  ["they were told in another order", [{ begins: 9 }, { begins: 5 }], 9],
  ["the newer has ended", [{ begins: 5 }, { begins: 9 }, { ends: 9 }], 5],
  ["the older has ended", [{ begins: 5 }, { begins: 9 }, { ends: 5 }], 9],
  ["one of two of the same second has ended", [{ begins: 5 }, { begins: 5 }, { ends: 5 }], 5],
  ["one ended whose start nobody told", [{ begins: 5 }, { ends: 4 }], 5],
  ["none runs, says who knows", [{ begins: 5 }, { begins: null }], null],
])("%s", (_, told, runningSinceAt) => {
  expect(runningSinceOf(after(told))).toBe(runningSinceAt);
});

it("keeps the newest of more than it remembers", () => {
  const open = after(Array.from({ length: OPEN_SESSIONS_MAX + 1 }, (_, begins) => ({ begins })));
  expect(open).toHaveLength(OPEN_SESSIONS_MAX);
  expect(open[0]).toBe(1);
});
