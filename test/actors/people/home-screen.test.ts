// What a browser fetches beside a view: anyone may, it says nothing of the fleet, and a view may load exactly these.
import { describe, expect, it } from "vitest";
import { createApp } from "../../../control-plane/src/app.ts";
import { HOME_SCREEN_FILES } from "../../../control-plane/src/web/home-screen.ts";
import { bindings, ORIGIN } from "../world/fleet.ts";

function fetchPath(path: string, method = "GET"): Promise<Response> {
  return Promise.resolve(createApp().fetch(new Request(ORIGIN + path, { method }), bindings));
}

describe("for a home screen", () => {
  it.each(HOME_SCREEN_FILES)("$path is there for anyone, and may be kept", async ({ path }) => {
    const answer = await fetchPath(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("public");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'");
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await fetchPath(path, "POST")).status).not.toBe(200);
  });

  it("each view links to its icon and its manifest, and the manifest's icons are there", async () => {
    const view = await (await fetchPath("/")).text();
    const links = [...view.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, path = ""]) => path);
    expect(links).toEqual(["/favicon.svg", "/manifest.webmanifest"]);
    const manifest = await (
      await fetchPath("/manifest.webmanifest")
    ).json<{
      start_url: string;
      display: string;
      icons: { src: string }[];
    }>();
    expect(manifest).toMatchObject({ start_url: "/", display: "standalone" });
    for (const { src } of manifest.icons) expect((await fetchPath(src)).status).toBe(200);
  });
});
