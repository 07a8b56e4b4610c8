// What a tile says of a host that is well, and silenced: who forgets a silence hears nothing later.
import { html } from "hono/html";
import { expect, it } from "vitest";
import type { SilenceMatcher } from "../../../../control-plane/src/core/desk/records/silence.ts";
import { HostTile } from "../../../../control-plane/src/web/hosts/host-tile.tsx";
import { CALM_FLEET, hostIdOf, NIGHT_MARKS } from "../../../gallery/records/overview-night.ts";
import { NOW } from "../../../gallery/shown-state.ts";

const host = CALM_FLEET.hosts.hosts.find(({ name }) => name === "agents-2");
const [silence] = NIGHT_MARKS.silences;
const AGENTS = hostIdOf("agents-2");

it.each<[Partial<SilenceMatcher>, readonly string[]]>([
  [{ hostId: AGENTS, service: null, reason: null }, ["well", "silenced"]],
  [{ hostId: AGENTS, service: "iris", reason: null }, ["well", "partly silenced"]],
  [{ hostId: AGENTS, service: null, reason: "credential-expiring" }, ["well", "partly silenced"]],
  [{ hostId: hostIdOf("web-1"), service: null, reason: null }, ["well"]],
])("a silence of %j is said as it is: %j", async (matcher, words) => {
  const marks = {
    ...NIGHT_MARKS,
    freezes: [],
    silences: [{ ...silence!, matcher: { hostId: null, service: null, reason: null, ...matcher } }],
  };
  const tile = <HostTile host={host!} strips={new Map()} marks={marks} now={NOW} />;
  const markup = [await html`${tile}`].join("");
  const said = [...markup.matchAll(/data-state="[a-z]+".*?<span>(.*?)<\/span>/gs)].map(([, text]) => text);
  expect(said.filter((text) => /well|silenced/.test(text ?? ""))).toEqual(words);
});
