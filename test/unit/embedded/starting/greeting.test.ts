// What `npm start` says once it runs, by who can reach the desk: it promises a phone nothing that it cannot do there.
import { expect, it } from "vitest";
import { type Greeted, greetingOf, qrTextOf } from "../../../../control-plane/embedded/starting/greeting.ts";

const GREETED: Greeted = {
  publicUrl: "http://localhost:8787",
  ownUrl: "http://127.0.0.1:8787",
  reach: "this machine",
  signIn: { url: "http://localhost:8787/sign-in/csi_x" },
  tokenFile: ".countersign/admin-token",
  canPage: true,
  breakCommand: "kill it",
};

const said = (changes: Partial<Greeted> = {}) => greetingOf({ ...GREETED, ...changes }).join("\n");

it("says how to get in, what to break, and where it stands how a second person comes in", () => {
  expect(said()).toContain("Sign in (15 min):   http://localhost:8787/sign-in/csi_x");
  expect(said()).toContain("Break the service:  kill it");
  expect(said()).toMatch(/A second person: .*docs\/people\.md/);
  expect(said({ signIn: null, breakCommand: null })).not.toMatch(/Sign in|Break/);
});

it("promises a phone in this network no approval: a passkey cannot be used there", () => {
  const text = said({ reach: "this network", publicUrl: "http://192.168.1.7:8787" });
  expect(text).toContain("It can look, take and deny. It approves no restart");
  expect(text).toContain("On this machine:    http://127.0.0.1:8787");
  expect(said({ reach: "as you said", publicUrl: "https://desk.example.net" })).not.toContain("On a phone");
});

it("draws a code only for who can open it", () => {
  const { signIn } = GREETED;
  expect(qrTextOf({ reach: "this machine", signIn })).toBe(null);
  expect(qrTextOf({ reach: "this network", signIn })).toBe("http://localhost:8787/sign-in/csi_x");
  expect(qrTextOf({ reach: "this network", signIn: { sentence: "no link" } })).toBe(null);
});
