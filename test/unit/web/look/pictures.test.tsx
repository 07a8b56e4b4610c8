// The pictures of a view and its shapes: a state is a shape and a word, a line never shows what nobody recorded, a strip is
// as long as a day.
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { describe, expect, it } from "vitest";
import { Icon, SymbolRoom, withSymbols } from "../../../../control-plane/src/web/look/icons.tsx";
import { Lane } from "../../../../control-plane/src/web/look/lane.tsx";
import { State } from "../../../../control-plane/src/web/look/state.tsx";
import { Strip, type StripSpan } from "../../../../control-plane/src/web/look/strip.tsx";
import { Age, ReaderZone } from "../../../../control-plane/src/web/look/time.tsx";
import { HOUR_MS, MINUTE_MS, NOW, SECOND_MS } from "../../../gallery/shown-state.ts";

const drawn = async (view: Child) => String(await html`${view}`);
const DAY_AGO = NOW - 24 * HOUR_MS;

describe("a state", () => {
  it("is a shape and a word", async () => {
    expect(await drawn(<State kind="failing">no answer, 31 s</State>)).toBe(
      '<span class="st bad" data-state="failing"><svg class="i" aria-hidden="true"><use href="#fail"></use></svg><span>no answer, 31 s</span></span>',
    );
  });

  it("is said in ink where a person did it", async () => {
    for (const kind of ["frozen", "silenced", "taken"] as const)
      expect(await drawn(<State kind={kind}>x</State>)).toContain('class="st"');
  });
});

describe("shapes", () => {
  it("come once each, and only where they are used", async () => {
    const markup = withSymbols(
      await drawn(
        <body>
          <SymbolRoom />
          <Icon name="ice" />
          <Icon name="ice" />
        </body>,
      ),
    );
    expect(markup.match(/<symbol id="/g)).toHaveLength(1);
    expect(markup).toContain('<symbol id="ice"');
  });

  it("are not made from a host's text", async () => {
    const markup = withSymbols(
      await drawn(
        <body>
          <SymbolRoom />
          {'<use href="#down"'}
        </body>,
      ),
    );
    expect(markup).not.toContain("<symbol");
  });
});

describe("a lane", () => {
  const brokeAt = NOW - 31 * SECOND_MS;
  const points = [
    { name: "broke", at: brokeAt },
    { name: "paged", at: brokeAt + 4 * SECOND_MS },
    { name: "approved", at: null, note: "waits for you" },
    { name: "well", at: null },
  ];

  it("says in words what it shows, by the reader's clock", async () => {
    const markup = await drawn(
      <ReaderZone.Provider value="Europe/Berlin">
        <Lane points={points} now={NOW} />
      </ReaderZone.Provider>,
    );
    expect(markup).toContain(
      'aria-label="broke 03:11:31, paged after 4 s, goes on now, after 31 s, not approved yet (waits for you), not well yet."',
    );
  });

  it("goes on to now, and is dotted where nothing has happened yet", async () => {
    const markup = await drawn(<Lane points={points} now={NOW} />);
    expect(markup.match(/class="f0"/g)).toHaveLength(2);
    expect(markup.match(/<rect/g)).toHaveLength(1);
    expect(markup.match(/class="n0"/g)).toHaveLength(2);
    expect(markup.match(/class="todo"/g)).toHaveLength(2);
  });

  it("ends where it is well, and after its last turn", async () => {
    const well = { name: "well", at: NOW - SECOND_MS, leads: "well" as const };
    for (const ended of [
      [...points.slice(0, 2), well],
      [...points.slice(0, 2), well, { name: "over", at: null }],
    ])
      expect(await drawn(<Lane points={ended} now={NOW} />)).not.toContain("<rect");
  });

  it("tells no time that nobody recorded", async () => {
    const markup = await drawn(
      <Lane
        points={[
          { name: "broke", at: null },
          { name: "well", at: null },
        ]}
        now={NOW}
      />,
    );
    expect(markup).not.toMatch(/\d\d:\d\d/);
  });
});

describe("a strip", () => {
  const stripOf = (spans: readonly StripSpan[]) => drawn(<Strip name="nginx" spans={spans} now={NOW} />);

  it.each<[string, readonly StripSpan[], string]>([
    ["nothing", [], "nginx: nothing is known of the last 24 hours"],
    ["a day that was well", [{ fromAt: DAY_AGO - 1, toAt: NOW, look: "well" }], "nginx: well all 24 hours"],
    [
      "a failure",
      [
        { fromAt: DAY_AGO, toAt: NOW - MINUTE_MS, look: "well" },
        { fromAt: NOW - MINUTE_MS, toAt: NOW, look: "failing" },
        { fromAt: NOW - HOUR_MS, toAt: NOW - HOUR_MS, look: "restarted" },
      ],
      "nginx: failing for 60 s, restarted once within 24 hours",
    ],
  ])("of %s says so", async (_name, spans, label) => {
    expect(await stripOf(spans)).toContain(`aria-label="${label}"`);
  });

  it("draws within its width, also what began before and what is shorter than a line", async () => {
    const markup = await stripOf([
      { fromAt: DAY_AGO - 5 * HOUR_MS, toAt: DAY_AGO + HOUR_MS, look: "well" },
      { fromAt: NOW - 1, toAt: NOW, look: "failing" },
      { fromAt: NOW + HOUR_MS, toAt: NOW + 2 * HOUR_MS, look: "failing" },
      { fromAt: NOW, toAt: NOW - HOUR_MS, look: "failing" },
    ]);
    expect(markup).toContain('d="M0 5h4v4h-4z"');
    expect(markup).toContain('d="M95.4 0h0.6v14h-0.6z"');
  });
});

it("an age stands before its instant, which is by the reader's clock", async () => {
  const markup = await drawn(
    <ReaderZone.Provider value="Europe/Berlin">
      <Age at={NOW - 31 * SECOND_MS} now={NOW} />
    </ReaderZone.Provider>,
  );
  expect(markup).toBe(
    '<time datetime="2026-11-28T02:11:31.000Z" title="Sat 28 Nov 2026, 03:11:31 Berlin">31 s ago</time>',
  );
});

describe("a strip of what is not heard up to now", () => {
  it("ends before, however short the silence is: the hairline is seen, and nothing is well up to now", async () => {
    const silentAt = NOW - 4 * MINUTE_MS;
    const spans: readonly StripSpan[] = [
      { fromAt: DAY_AGO, toAt: silentAt, look: "well" },
      { fromAt: silentAt, toAt: NOW, look: "no-data" },
    ];
    const markup = await drawn(<Strip name="caddy" spans={spans} now={NOW} />);
    expect(markup).toContain('<path class="w" d="M0 5h92v4h-92z">');
    expect(markup).toContain('<path class="n" d="M92 6.25h4v1.5h-4z">');
    expect(markup).toContain("no data for 4 min");
  });
});
