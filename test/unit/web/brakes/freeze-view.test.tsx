// The list of what is frozen stays short however much is, the widest first; a search finds the rest.
import { html } from "hono/html";
import { describe, expect, it } from "vitest";
import type { Freeze } from "../../../../control-plane/src/core/desk/records/freeze.ts";
import { FLEET, hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { FREEZES_SHOWN_MAX, FreezesView } from "../../../../control-plane/src/web/brakes/freeze-view.tsx";
import { freezeOf, POLICY } from "../../../gallery/records/known-host.ts";
import { ALICE, NOW } from "../../../gallery/shown-state.ts";

async function shown(freezes: readonly Freeze[], search = ""): Promise<string> {
  const view = (
    <FreezesView
      frame={ALICE}
      freezes={freezes}
      people={POLICY}
      fleetToken={null}
      search={search}
      result={{ found: [], hasMore: false, hasServices: true }}
    />
  );
  return [await html`${view}`].join("");
}

const many = Array.from({ length: 400 }, (_, index) =>
  freezeOf({ scope: hostSubject(`host_${index}`, `web-${index}`), at: NOW - index }),
);
const countOf = (markup: string) => markup.split('href="/brake/lift/').length - 1;

describe("what is frozen", () => {
  it(`is listed up to ${FREEZES_SHOWN_MAX}, the fleet first and then the newest`, async () => {
    const markup = await shown([...many, freezeOf({ scope: FLEET, at: 1 })]);
    expect(countOf(markup)).toBe(FREEZES_SHOWN_MAX);
    expect(markup).toContain(`${many.length + 1 - FREEZES_SHOWN_MAX} more`);
    const [fleetAt, firstAt, secondAt] = ["The whole fleet</", "web-0<", "web-1<"].map((text) =>
      markup.indexOf(text),
    );
    expect([fleetAt! < firstAt!, firstAt! < secondAt!, firstAt! > 0]).toEqual([true, true, true]);
  });

  it("is found by its name", async () => {
    expect(countOf(await shown(many, "WEB-399"))).toBe(1);
    expect(await shown(many, "other")).toContain("Nothing frozen has the name");
  });
});
