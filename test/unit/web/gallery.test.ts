// What holds for every view in every state, without a browser: its size, its one filled button, no script, no style of its
// own, nothing that fetches over what a person writes.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { markupOf } from "../../../control-plane/src/web/frame/markup.ts";
import { refreshOf } from "../../../control-plane/src/web/frame/refreshing.ts";
import { PASSKEY_SCRIPT_SOURCE } from "../../../control-plane/src/web/look/passkey-script.ts";
import {
  policyOf,
  ASKING_POLICY,
  SIGNING_POLICY,
  VIEW_POLICY,
} from "../../../control-plane/src/web/look/view-policy.ts";
import { STATES } from "../../gallery/all-states.ts";

/** The desk by its name, where a view was opened by another address. */
const OWN_ADDRESS = /^href="http:\/\/localhost:8787\//;

/** A view is one request on a bad connection. */
const COMPRESSED_BYTES_MAX = 20 * 1024;

const views = await Promise.all(
  STATES.map(async ({ name, path, view }) => ({ name, path: path ?? "/", markup: await markupOf(view) })),
);

it("has each state once", () => {
  expect(new Set(STATES.map(({ name }) => name)).size).toBe(STATES.length);
});

describe.each(views)("$name", ({ markup, path }) => {
  it("is small when it is compressed", () => {
    expect(gzipSync(markup).length).toBeLessThanOrEqual(COMPRESSED_BYTES_MAX);
  });

  it("has one filled button at most", () => {
    const classes = [...markup.matchAll(/class="([^"]*)"/g)].map(([, names = ""]) => names.split(" "));
    const filled = classes.filter((names) => names.includes("btn") && !names.includes("plain"));
    expect(filled.length).toBeLessThanOrEqual(1);
  });

  it("has neither script, but the one for passkeys, nor style of its own, nor anything from elsewhere", () => {
    const own = markup.replaceAll(`<script src="${PASSKEY_SCRIPT_SOURCE}" defer=""></script>`, "");
    expect(own).not.toMatch(/<script|<iframe|<img|\sstyle="|\son[a-z]+="|http-equiv|javascript:/i);
    expect(own.match(/<style/g)).toHaveLength(1);
    const elsewhere = own.match(/(?:src|href|action)="(?:https?:)?\/\/[^"]*"/g) ?? [];
    expect(elsewhere.filter((link) => !OWN_ADDRESS.test(link))).toEqual([]);
  });

  it("may run a script only where somebody can sign", () => {
    const signs = /<form[^>]*data-passkey="/.test(markup);
    const asks = /<form[^>]* data-current="/.test(markup);
    expect(policyOf(markup)).toBe(asks ? ASKING_POLICY : signs ? SIGNING_POLICY : VIEW_POLICY);
  });

  it("has a shape for each that it names, and no other", () => {
    const used = new Set([...markup.matchAll(/<use href="#([a-z]+)"/g)].map(([, name]) => name));
    const drawn = [...markup.matchAll(/<symbol id="([a-z]+)"/g)].map(([, name]) => name);
    expect(new Set(drawn)).toEqual(used);
    expect(drawn).toHaveLength(used.size);
  });

  it("leaves no gap where something was to be said", () => {
    const text = markup.replace(/<style>.*?<\/style>/s, "").replaceAll(/<[^>]*>/g, " ");
    expect(text).not.toMatch(/\b(?:undefined|(?<!\/dev\/)null|NaN|Infinity)\b|\[object |\bUNIT\b|\bHOST\b/);
  });

  it("acts by forms of its own alone, each with its token", () => {
    for (const [form] of markup.matchAll(/<form\b.*?<\/form>/gs)) {
      if (/^<form[^>]*method="get"/.test(form)) continue;
      expect(form).toMatch(/^<form[^>]*method="post"/);
      if (!form.includes('action="/sign-in')) expect(form).toContain('name="csrf"');
    }
  });

  it("is not fetched again over what a person writes", () => {
    if (/<textarea|<select|<input(?![^>]*type="hidden")/.test(markup))
      expect(refreshOf(markup, `http://localhost:8787${path}`)).toBeNull();
  });
});

/** As a person reads it. */
function textNamed(name: string): string {
  const { markup } = views.find((view) => view.name === name)!;
  return markup.replace(/<style>.*?<\/style>/s, "").replaceAll(/<[^>]*>/g, "");
}

it("shows a step that is done elsewhere as a command, and no button in its place", () => {
  const { markup } = views.find(({ name }) => name === "overview-empty-passkey-made")!;
  expect(markup).toContain("countersign policy apply policy.yaml");
  expect(markup).not.toMatch(/class="btn"[^>]*href="\/policy"/);
});

it("calls its reader by name, and says that an answer runs nothing yet", () => {
  expect(textNamed("overview-ringing")).toMatch(/Signed in as Alice on Pixel 9/);
  expect(textNamed("overview-ringing")).toContain("opens the question; nothing runs yet");
});

it("tells the rules without the names of settings, which stand beside", () => {
  const { markup } = views.find(({ name }) => name === "policy-fleet")!;
  expect(markup).not.toMatch(/\((?:stale-code|no-progress)\)|<bdi class="exact">For [^<]*restartBudget/);
  expect(markup.indexOf("What is otherwise than by default")).toBeLessThan(
    markup.indexOf("When it is silent"),
  );
});

it("leads to what only who administers can do for them alone", () => {
  const ways = (name: string) =>
    views.find((view) => view.name === name)?.markup.includes('href="/hosts/new"');
  expect(ways("people-night")).toBe(true);
  expect(ways("standing-look")).toBe(false);
});
