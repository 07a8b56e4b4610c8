// Where the embedded desk listens, what people open, and that no QR code leads to where no phone can go.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { deskAddressesOf, isLocalhostTaken } from "../../../control-plane/embedded/desk-addresses.ts";
import { Refusal } from "../../../control-plane/embedded/refusal.ts";
import { type Greeted, greetingOf, qrTextOf } from "../../../control-plane/embedded/starting/greeting.ts";

function at(address: string, more: object = {}): NetworkInterfaceInfo[] {
  const info = { address, family: "IPv4", internal: false, netmask: "", mac: "", cidr: null, ...more };
  return [info as NetworkInterfaceInfo];
}

const HOME = {
  lo: at("127.0.0.1", { internal: true }),
  docker0: at("172.17.0.1"),
  wlan0: [...at("fe80::1", { family: "IPv6" }), ...at("192.168.1.5")],
};
const SERVER = { eth0: at("203.0.113.7") };

describe("the desk", () => {
  it.each([
    ["is for this machine alone", { listen: "127.0.0.1" }, HOME, "http://localhost:8787", "this machine", []],
    [
      "is opened to the network",
      { listen: "127.0.0.1", lan: true },
      HOME,
      "http://192.168.1.5:8787",
      "this network",
      ["192.168.1.5"],
    ],
    [
      "listens everywhere",
      { listen: "0.0.0.0", lan: true },
      HOME,
      "http://192.168.1.5:8787",
      "this network",
      [],
    ],
    [
      "listens everywhere where no phone is",
      { listen: "0.0.0.0" },
      SERVER,
      "http://localhost:8787",
      "this machine",
      [],
    ],
    ["listens where it was told", { listen: "10.0.0.9" }, HOME, "http://10.0.0.9:8787", "this network", []],
    ["listens on the other loopback", { listen: "::1" }, HOME, "http://[::1]:8787", "this machine", []],
    [
      "stands behind a proxy",
      { listen: "127.0.0.1", publicUrl: "https://desk.test/" },
      HOME,
      "https://desk.test",
      "as you said",
      [],
    ],
    [
      "is said to be here",
      { listen: "127.0.0.1", publicUrl: "http://localhost:9000" },
      HOME,
      "http://localhost:9000",
      "this machine",
      [],
    ],
  ] as const)("%s", (_what, options, interfaces, url, reach, also) => {
    const found = deskAddressesOf(options, interfaces);
    expect([found.publicUrlAt(8787), found.reach, found.also.map(({ host }) => host)]).toEqual([
      url,
      reach,
      also,
    ]);
  });

  it.each([
    [{ listen: "127.0.0.1", lan: true }, SERVER],
    [{ listen: "127.0.0.1", lan: true }, { lo: HOME.lo }],
    [{ listen: "127.0.0.1", publicUrl: "https://countersign.example.workers.dev" }, HOME],
    [{ listen: "127.0.0.1", publicUrl: "desk" }, HOME],
  ])("is refused: %j", (options, interfaces) => {
    expect(() => deskAddressesOf(options, interfaces)).toThrow(Refusal);
  });

  it("knows whether something else is localhost", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    expect(await isLocalhostTaken(port)).toBe(false);
    server.close();
  });
});

describe("the greeting", () => {
  const greeted: Greeted = {
    publicUrl: "http://localhost:8787",
    ownUrl: "http://127.0.0.1:8787",
    reach: "this machine",
    signIn: { url: "http://localhost:8787/sign-in/csi_x" },
    tokenFile: ".countersign/admin-token",
    canPage: true,
    breakCommand: "kill 7",
  };

  it("draws a code only of what another device can open", () => {
    expect(qrTextOf(greeted)).toBeNull();
    expect(qrTextOf({ ...greeted, reach: "this network" })).toBe("http://localhost:8787/sign-in/csi_x");
    expect(qrTextOf({ reach: "this network", signIn: { sentence: "sent" } })).toBeNull();
  });

  it("says where, how to get in, what a phone can do, and what to break", () => {
    const lines = greetingOf(greeted).join("\n");
    for (const said of ["http://localhost:8787\n", "csi_x", "--lan", "kill 7", "admin-token"])
      expect(lines).toContain(said);
    const open = greetingOf({ ...greeted, reach: "this network" }).join("\n");
    for (const said of ["passkey", "--public-url", "http://127.0.0.1:8787"]) expect(open).toContain(said);
    expect(greetingOf({ ...greeted, canPage: false }).join("\n")).not.toContain("kill 7");
    expect(greetingOf({ ...greeted, breakCommand: null }).join("\n")).not.toContain("Break");
  });
});
