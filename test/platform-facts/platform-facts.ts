// What every shell may rely on, whatever it runs on: one list, which each set of ports must pass (test/unit/platform/platform-facts.test.ts and
// test/actors/hosts/platform-facts.test.ts). A fact that a set cannot have says so, with the reason.
import { ALARM_FACTS } from "./alarm-facts.ts";
import { CALL_FACTS } from "./call-facts.ts";
import type { PlatformFact, PlatformName } from "./platform.ts";
import { ROW_FACTS } from "./row-facts.ts";
import { SOCKET_FACTS } from "./socket-facts.ts";

export const PLATFORM_FACTS: readonly PlatformFact[] = [
  ...ALARM_FACTS,
  ...CALL_FACTS,
  ...ROW_FACTS,
  ...SOCKET_FACTS,
];

/** The facts that this set of ports must pass. */
export function factsOf(platform: PlatformName): readonly PlatformFact[] {
  return PLATFORM_FACTS.filter(({ lacking }) => lacking?.[platform] === undefined);
}
