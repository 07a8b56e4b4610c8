// The same story under whatever names, as hostile-names-battery.test.ts tells it under each of a list.
import fc from "fast-check";
import { expect, test } from "vitest";
import { HOSTILE_NAMES } from "./hostile-names.ts";
import { PLAIN, tellOfADesk, tellOfAHost } from "./hostile-stories.ts";

const [onShard, atDesk] = [tellOfAHost(PLAIN), tellOfADesk(PLAIN)];

test("the same is decided whatever the names", { timeout: 20_000 }, () => {
  const name = fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ unit: "binary", maxLength: 80 }));
  fc.assert(
    fc.property(fc.record({ host: name, service: name, check: name, thing: name }), (names) => {
      // the story speaks of two credentials by these
      fc.pre(names.service !== names.check);
      expect(tellOfAHost(names).story).toEqual(onShard.story);
      expect(tellOfADesk(names).story).toEqual(atDesk.story);
    }),
    { numRuns: 10 },
  );
});
