// A desk that runs beside its files tells whoever has the admin token where the secrets of channels are, so that
// `countersign channel` names that place and no other; and it tells nobody else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addChannel } from "../../../control-plane/cli/channels/channel-acts.ts";
import { removeChannel } from "../../../control-plane/cli/channels/channel-removal.ts";
import { openApi } from "../../../control-plane/cli/operator-api.ts";
import { type ControlPlane, startControlPlane } from "../../../control-plane/embedded/control-plane.ts";

const stateDir = mkdtempSync(join(tmpdir(), "countersign-secret-folder-"));
let controlPlane: ControlPlane;

beforeAll(async () => {
  controlPlane = await startControlPlane({ port: 0, stateDir, policyText: '{"version":1}' });
});
afterAll(async () => {
  await controlPlane.stop();
  rmSync(stateDir, { recursive: true });
});

it("is named when a channel comes and goes, and to the admin token alone", async () => {
  const { adminTokenFile, url } = controlPlane;
  const api = openApi({ url, adminTokenFile }, {});
  if (!api.ok) throw new Error(api.error.sentence);
  const printed: string[] = [];
  const output = { print: (text: string) => void printed.push(text), complain: () => {} };
  const desk = { api: api.value, output };
  expect(await addChannel("room", { kind: "slack", for: ["operator"] }, desk)).toBe(0);
  expect(await removeChannel("room", {}, desk)).toBe(0);
  const file = join(stateDir, "secrets", "CHANNEL_ROOM");
  const said = printed.filter((line) => line.includes(file));
  expect(said).toEqual([expect.stringContaining(`/dev/stdin ${file}`), `  rm -f ${file}`]);
  expect(printed.join("\n")).not.toContain("wrangler");
  for (const path of ["/v1/admin/reach", "/healthz", "/"])
    expect(await (await fetch(`${url}${path}`)).text()).not.toContain(stateDir);
});
