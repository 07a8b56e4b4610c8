// A host whose cable is pulled: no FIN, no last word. The fast profile's promises: `late` within T + 1 s, paged within the page bound
// + the wait of a first page for its like + 2 s; and back again when the cable is.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { LIKE_WAIT_MS } from "../../control-plane/src/core/desk/paging/stream.ts";
import { LIVENESS_PROFILES } from "../../control-plane/src/policy/policy.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const { lateAfterMs, pageBoundMs } = LIVENESS_PROFILES.fast;
const RETURN_WAIT_MS = 60_000;

describeOnMachine("a host that is cut off", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });
  afterAll(() => fleet?.end());

  test("is late in time, paged in time, and recovers", async () => {
    const liveness = async () =>
      (await fleet.hosts()).find(({ hostId }) => hostId === fleet.hostId)?.liveness;
    await fleet.machine.link.cut();
    const cutAt = Date.now();
    const lateAt = await waitFor("late", lateAfterMs + 5_000, async () =>
      (await liveness()) === "late" ? Date.now() : null,
    );
    expect(lateAt - cutAt).toBeLessThanOrEqual(lateAfterMs + 1_000);

    const paged = await waitFor("the page", pageBoundMs + 10_000, () => fleet.pages[0] ?? null);
    expect(paged.at - cutAt).toBeLessThanOrEqual(pageBoundMs + LIKE_WAIT_MS + 2_000);
    expect(paged.page).toMatchObject({ kind: "ring", responder: "operator" });
    expect(await liveness()).toBe("down");

    await fleet.machine.link.restore();
    const recovered = await waitFor(
      "the page that it is back",
      RETURN_WAIT_MS,
      () => fleet.pages.find(({ page }) => page.kind === "recovered") ?? null,
    );
    expect(await liveness()).toBe("up");
    expect(recovered.page.incidentId).toBe(paged.page.incidentId);
    expect(fleet.pages).toHaveLength(2);
  });
});
