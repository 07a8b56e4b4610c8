// A provider that quotes all that it was sent, in whatever field it words its errors: of none of the channels does a
// part of a secret end in what the desk keeps, shows and writes into the record.
import { afterEach, expect, it, vi } from "vitest";
import type { Delivery } from "../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import { askReceipt, sendPage } from "../../../../control-plane/src/platform/desk/send-page.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { BINDINGS, MESSAGE, SAMPLES } from "../../channels/samples.ts";

afterEach(() => vi.restoreAllMocks());

const bindings = { ...BINDINGS, PUBLIC_URL: "https://desk.test", CHANNEL_NTFY: "short+pass/word" };
const policy = Policy.parse({ version: 1, channels: SAMPLES });
const { toldAt: _toldAt, url: _url, ...page } = { ...MESSAGE, path: "/" };

/** Each part of a secret by which it could be guessed. */
function partsOf(secret: string): readonly string[] {
  const end = secret.slice(-16);
  return Array.from({ length: Math.max(1, end.length - 7) }, (_none, at) => end.slice(at, at + 8));
}
const PARTS = Object.entries(bindings).flatMap(([name, value]) =>
  name.startsWith("CHANNEL_") && typeof value === "string" && value.length > 10 ? partsOf(value) : [],
);

const WORDED: readonly ((quoted: string) => string)[] = [
  (quoted) => quoted,
  (error) => JSON.stringify({ code: 40_001, error }),
  (error) => JSON.stringify({ status: 0, errors: [error, error] }),
  (message) => JSON.stringify({ code: 1, message }),
  (description) => JSON.stringify({ ok: false, description }),
  (name) => JSON.stringify({ name }),
];

async function quotedFrom(request: Request): Promise<string> {
  const headers = [...request.headers].map(([name, value]) => `${name}: ${value}`).join(" ");
  return `${headers} ${request.url} ${await request.clone().text()}`;
}

/** Each blank-free piece by itself as well: what stands first is not cut. */
function piecesOf(quoted: string): readonly string[] {
  return [
    quoted,
    ...new Set(quoted.split(/[\s?&=]+/).filter((piece) => PARTS.some((part) => piece.includes(part)))),
  ];
}

it.each(Object.keys(SAMPLES))("%s: nothing of a secret is kept", async (channel) => {
  const said: string[] = [];
  const log = vi.spyOn(console, "error").mockImplementation((...words) => void said.push(words.join(" ")));
  let quoted: string | null = null;
  let answer = () => new Response("", { status: 500 });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (request) => {
    quoted ??= await quotedFrom(request as Request);
    return answer();
  });
  const by = { policy, bindings, now: 0 };
  const delivery = {
    channel,
    handle: "A".repeat(30),
    incidentId: "inc_1",
    pageKey: "k",
    settle: null,
  } as unknown as Delivery;
  const run = async () =>
    said.push(JSON.stringify([await sendPage(page, channel, by), await askReceipt(delivery, by)]));
  await run();
  for (const piece of piecesOf(quoted ?? ""))
    for (const worded of WORDED)
      for (const status of [200, 400, 403, 429, 500]) {
        answer = () => new Response(worded(piece), { status });
        await run();
      }
  const kept = said.join("\n");
  expect(PARTS.filter((part) => kept.includes(part))).toEqual([]);
  expect(log).not.toHaveBeenCalled();
});
