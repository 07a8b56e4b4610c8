// A real control plane (workerd, D1) with every page reason open at once: hosts of test code tell what goes wrong by the real protocol, and
// the production core decides. Used by the test of the incidents' views, and to look at them (COUNTERSIGN_LOOK_DIR).
import { vi } from "vitest";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import type { Approval } from "../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../control-plane/src/core/desk/records/incident.ts";
import { serviceOf } from "../../control-plane/src/core/words/subject.ts";
import { startDesk } from "./desk-by-name.ts";
import type { ReceivedGrant } from "./simulated-actuator.ts";
import { SimulatedHost } from "./simulated-host.ts";
import { EXAMINED, fallbackOf, POLICY_AFTER, POLICY_BEFORE, TOLD, TOLD_IN_SHADOW } from "./trouble-story.ts";

const HOUR_MS = 3_600_000;
/** With the time that a start takes it is longer than the policy's reconnect grace, or it would be no gap. */
const GAP_MS = 4_500;
const FACTS_AT_ONCE = 50;
const LONG_NAME = "edge-cache-frankfurt-07.internal.a-customer-with-a-rather-long-name.example.net";
const WAIT = { timeout: 30_000, interval: 100 };

const service = (name: string) => ({ service: name, proposalLifetimeMs: HOUR_MS });

/** As the host says it of a passkey that may have been copied. */
function countedBack({ signers, ...received }: ReceivedGrant): ReceivedGrant {
  return {
    ...received,
    signers: signers.map((signer) =>
      signer.scheme === "webauthn" ? { ...signer, counterBefore: signer.counter + 40 } : signer,
    ),
  };
}

export class TroubledFleet {
  readonly web = new SimulatedHost("web-1", [
    ...["web", "queue", "cache", "shop"].map(service),
    { ...service("nightly-report"), isStale: true },
  ]);
  /** these fall silent together; the first has a service that fails already */
  readonly silent = ["node-a", "node-b", LONG_NAME].map(
    (name) => new SimulatedHost(name, [service("store")]),
  );
  readonly rebooting = new SimulatedHost("build-9", []);
  /** it is asked for a restart and answers with another act */
  readonly forging = new SimulatedHost("forged-1", [{ ...service("ledger"), answersWith: "failover" }]);
  readonly noisy = new SimulatedHost("noisy-1", []);
  readonly #stateDir: string;
  /** sign-in links that were sent to a person, since somebody is signed in already */
  readonly #sentLinks: string[] = [];
  controlPlane!: ControlPlane;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  /** Starts it; once somebody has signed in, every host comes up. Then the control plane is away for a while. */
  async start(signIn: () => Promise<void>): Promise<void> {
    const onPage = ({ kind, url }: Readonly<Record<string, unknown>>) => {
      if (kind === "sign-in") this.#sentLinks.push(String(url));
    };
    const options = { stateDir: this.#stateDir, policyText: POLICY_BEFORE, onPage };
    this.controlPlane = await startDesk({ ...options, port: 0 });
    const { url } = this.controlPlane;
    await signIn();
    await Promise.all(this.#hosts().map(async (host) => host.join(url, await this.#enrolmentToken())));
    await this.controlPlane.stop();
    for (const host of this.#hosts()) host.leave();
    await new Promise((resolve) => setTimeout(resolve, GAP_MS));
    this.controlPlane = await startDesk({ ...options, port: Number(new URL(url).port) });
    await Promise.all(this.#hosts().map((host) => host.connect(url)));
  }

  /** Services fail, and a restart is asked for. */
  async failServices(): Promise<void> {
    for (const name of ["web", "queue", "cache", "shop"]) this.web.breakService(name);
    this.forging.breakService("ledger");
    await vi.waitUntil(async () => (await this.approvals()).length >= 4, WAIT);
  }

  /** Everything else: of it pressure on the host says that a restart is not the fix. */
  async goWrong(): Promise<void> {
    const facts = [...Object.values(TOLD).flat(), ...TOLD_IN_SHADOW];
    for (let from = 0; from < facts.length; from += FACTS_AT_ONCE)
      this.web.tell(facts.slice(from, from + FACTS_AT_ONCE));
    for (const isActive of [true, false, true, false, true]) this.web.tell(fallbackOf(isActive));
    this.web.tellExamined(EXAMINED);
    await this.#copyKey();
    this.rebooting.announceReboot(1_000);
    this.noisy.flood();
  }

  /** A person said yes to three: one is proven, one comes back failing, one fails to run, and of that the host says that the passkey counted back. */
  async actOn(approvedCount: number): Promise<void> {
    await vi.waitUntil(() => this.web.grants.length === approvedCount, WAIT);
    const grantOf = (name: string) => this.web.grants.find(({ grant }) => grant.service === name);
    this.web.finishRestart(grantOf("shop") as ReceivedGrant);
    this.web.finishRestart(grantOf("queue") as ReceivedGrant);
    this.web.breakService("queue");
    await this.#apply(POLICY_AFTER);
    this.web.finishRestart(countedBack(grantOf("web") as ReceivedGrant), "failed");
  }

  /** The third host on which a service fails; of so many nothing is asked. */
  async failOnThirdHost(): Promise<void> {
    this.silent[0]?.breakService("store");
    await this.waitFor((all) => all.some(({ subject }) => serviceOf(subject) === "store"));
  }

  /** Three hosts fall silent at once, which freezes automation on the fleet. */
  fallSilent(): void {
    for (const host of this.silent) host.leave();
  }

  async incidents(): Promise<readonly Incident[]> {
    return (await this.#read<{ incidents: readonly Incident[] }>("incidents")).incidents;
  }

  /** What each incident holds. */
  async findings(): Promise<readonly Finding[]> {
    const incidents = await this.incidents();
    const shown = await Promise.all(
      incidents.map(({ incidentId }) =>
        this.#read<{ findings: readonly Finding[] }>(`incidents/${incidentId}`),
      ),
    );
    return shown.flatMap(({ findings }) => findings);
  }

  async approvals(): Promise<readonly Approval[]> {
    return (await this.#read<{ approvals: readonly Approval[] }>("incidents")).approvals;
  }

  /** The approvals of some services of the first host. */
  async approvalsOf(services: readonly string[]): Promise<readonly string[]> {
    const asked = (await this.approvals()).filter(({ subject }) => services.includes(subject.service ?? ""));
    return asked.map(({ approvalId }) => approvalId);
  }

  async waitFor(
    isThere: (findings: readonly Finding[]) => boolean,
    timeoutMs: number = WAIT.timeout,
  ): Promise<void> {
    await vi.waitUntil(async () => isThere(await this.findings()), { ...WAIT, timeout: timeoutMs });
  }

  async signInLink(responder = "operator"): Promise<string> {
    const { url } = await this.#ask<{ url?: string }>("sign-in-tokens", { responder });
    return url ?? this.#sentLinks.at(-1) ?? "no link was sent";
  }

  async stop(): Promise<void> {
    for (const host of this.#hosts()) host.leave();
    await this.controlPlane.stop();
  }

  /** A second machine with the key of the first is turned away, while the first goes on. */
  async #copyKey(): Promise<void> {
    await this.web
      .copy()
      .connect(this.controlPlane.url)
      .catch(() => {});
  }

  #hosts(): readonly SimulatedHost[] {
    return [this.web, ...this.silent, this.rebooting, this.noisy, this.forging];
  }

  async #enrolmentToken(): Promise<string> {
    return (await this.#ask<{ token: string }>("enrolment-tokens", {})).token;
  }

  async #apply(text: string): Promise<void> {
    await this.#ask("policy", { text, expectedVersion: 0, by: "mira", why: "Mira is off call" }, "PUT");
  }

  #read<T>(path: string): Promise<T> {
    return this.#ask(path, null, "GET");
  }

  async #ask<T>(path: string, body: object | null, method = "POST"): Promise<T> {
    const { url, adminToken } = this.controlPlane;
    const response = await fetch(`${url}/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Ask ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
