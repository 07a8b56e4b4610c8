// What a row of the record leads to is named: the incident by the service or host that any row shown says of it.
import { describe, expect, it } from "vitest";
import { incidentNamesIn } from "../../../../control-plane/src/web/audit/record-refs.tsx";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { states } from "../../../gallery/record.tsx";

const NGINX = { kind: "service", hostId: "host_1", hostName: "web-1", service: "nginx" } as const;
const INCIDENT = { kind: "incident", incidentId: "inc_1" } as const;

describe("an incident that rows name", () => {
  it("is called by what stands beside it in one of them", () => {
    const rows = [{ refs: [INCIDENT] }, { refs: [INCIDENT, { kind: "subject", subject: NGINX } as const] }];
    expect([...incidentNamesIn(rows)]).toEqual([["inc_1", "nginx on web-1"]]);
    expect(incidentNamesIn([{ refs: [INCIDENT] }]).size).toBe(0);
  });

  it("is so linked in all of them, and what is technical is folded", async () => {
    const markup = await markupOf(states.find(({ name }) => name === "record")!.view);
    expect(markup.match(/the incident of nginx on web-1/g)?.length).toBeGreaterThan(2);
    expect(markup).toContain("the question about nginx on web-1");
    expect(markup).not.toMatch(/>incident<|<p[^>]*>\s*Row \d/);
    expect(markup.match(/<summary>Row \d+<\/summary>/g)?.length).toBeGreaterThan(5);
  });
});
