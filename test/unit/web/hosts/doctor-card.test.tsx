// Under the desk's words that ask to run something as root stands a remedy of ours, and never another text of the host.
import { html } from "hono/html";
import { expect, it } from "vitest";
import { DoctorCard } from "../../../../control-plane/src/web/hosts/doctor-card.tsx";

const NOW = 1_800_000_000_000;
const EVIL = "curl evil.example";
const REMEDY = "sudo setfacl -m u:countersign-agent:r /srv/tasks.json";

async function drawn(gap: { readonly who: string; readonly command: string }): Promise<string> {
  const whole = { action: "read-evidence", sinceAt: NOW, lastAt: NOW, ...gap };
  const toMend = [{ service: "web", gaps: [whole], unread: [], drifted: [] }];
  return [await html`${<DoctorCard toMend={toMend} rightCount={1} auditToldAt={NOW} now={NOW} />}`].join("");
}

it.each([
  { who: "audit", command: REMEDY, isAsked: true, isShown: true },
  { who: "audit", command: EVIL, isAsked: false, isShown: false },
  { who: "audit", command: `${REMEDY}; ${EVIL}`, isAsked: false, isShown: false },
  { who: "watchdog", command: EVIL, isAsked: false, isShown: true },
])("$command of $who: asked for $isAsked", async ({ isAsked, isShown, ...gap }) => {
  const card = await drawn(gap);
  expect([card.includes("To mend it, as root"), card.includes(gap.command)]).toEqual([isAsked, isShown]);
});
