// Starts what every `npm start` has: the demo host as far as it can be without a control plane, then the control plane, then a way in for the
// person. The demo host is enrolled afterwards (enrolDemoHost): it may wait for a passkey.
import { existsSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Admin, adminOf, type SignInOffer } from "../admin.ts";
import { boundSecretsOf } from "../channel-secrets.ts";
import { type ControlPlane, startControlPlane } from "../control-plane.ts";
import { type DemoHostProcess, startDemoHost } from "../demo-host-process.ts";
import { type DeskAddresses, deskAddressesOf, isLocalhostTaken } from "../desk-addresses.ts";
import { chooseHostKind, hostKindText } from "../host-kind.ts";
import { readPolicy } from "../read-policy.ts";
import type { HostKind, StartOptions } from "../start-options.ts";
import { openStateDirectory, secretFolderOf } from "../state-directory.ts";
import type { TerminalPage } from "../workerd-messages.ts";
import { end, endings, say } from "./endings.ts";
import { showStep } from "./progress.ts";

export interface StartedDesk {
  readonly controlPlane: ControlPlane;
  readonly admin: Admin;
  readonly addresses: DeskAddresses;
  /** prepared, and not enrolled yet; null: none is wanted */
  readonly demoHost: DemoHostProcess | null;
  readonly signIn: SignInOffer;
  readonly stateDir: string;
}

/** Steps of the demo host go to whichever progress line is open. */
let note: (text: string) => void = () => {};

/** Starts it; what it began is in `endings`. */
export async function startDesk(
  options: StartOptions,
  { onPage, stateDir }: { readonly stateDir: string; readonly onPage: (page: TerminalPage) => void },
): Promise<StartedDesk> {
  const policy = readPolicy(options);
  const addresses = deskAddressesOf(options, networkInterfaces());
  openStateDirectory(stateDir, options.fresh === true);
  const chosen = await chooseHostKind(options.host, stateDir);
  const { kind } = chosen;
  for (const [index, line] of hostKindText(chosen).entries())
    say(`${index === 0 ? "Demo host: " : "  "}${line}`);
  const demoHost = kind === "none" ? null : await prepareDemoHost(kind, stateDir);
  const controlPlane = await showStep("Control plane", () =>
    startControlPlane({
      port: options.port,
      host: options.listen,
      isProxyTrusted: options.trustProxy === true,
      stateDir,
      policyText: policy.text,
      bindings: boundSecretsOf(process.env, secretFolderOf(stateDir), say),
      publicUrlAt: (port) => publicUrlOf(addresses, port),
      alsoListen: [
        ...addresses.also,
        ...(demoHost?.link ? [{ host: demoHost.link.gateway, port: 0, peer: demoHost.link.address }] : []),
      ],
      onPage,
      onCrash: (sentence) => {
        say(sentence);
        void end(1);
      },
    }),
  );
  endings.controlPlane = controlPlane.stop;
  const admin = adminOf(controlPlane.url, controlPlane.adminToken, controlPlane.publicUrl);
  const signIn = await admin.offerSignIn(policy.operator);
  return { controlPlane, admin, addresses, demoHost, signIn, stateDir };
}

/** `localhost` has two addresses, and the desk listens on one. */
async function publicUrlOf({ publicUrlAt }: DeskAddresses, port: number): Promise<string> {
  const url = new URL(publicUrlAt(port));
  if (url.hostname !== "localhost" || !(await isLocalhostTaken(port))) return publicUrlAt(port);
  say(
    `Something else listens on [::1]:${port}, which is localhost too: the desk is told by 127.0.0.1 instead, where no passkey can be made. Stop that, or choose another port with --port N.`,
  );
  return `http://127.0.0.1:${port}`;
}

function prepareDemoHost(kind: HostKind, stateDir: string): Promise<DemoHostProcess> {
  return showStep(`Demo host (${kind})`, async (show) => {
    note = show;
    const demoHost = await startDemoHost({ kind, stateDir, onStep: (text) => note(text) });
    endings.demoHost = demoHost.stop;
    return demoHost;
  });
}

/** Enrols the demo host and starts its agent and actuator; root there accepts the fleet's trust by these words, or none. */
export function enrolDemoHost(
  { admin, controlPlane, demoHost, stateDir }: StartedDesk,
  trustWords: string | null,
): Promise<{ readonly hostId: string; readonly enrolMs: number }> {
  return showStep("Agent and actuator on the demo host", async (show) => {
    note = show;
    const startedAt = Date.now();
    if (demoHost === null) throw new Error("Enrol the demo host: there is none");
    const { link } = demoHost;
    const url = link === null ? controlPlane.url : `http://${link.gateway}:${new URL(controlPlane.url).port}`;
    const { hostId } = await demoHost.enrol(url, await admin.createEnrolmentToken(), trustWords);
    writeFileSync(markOf(stateDir), `${hostId}\n`);
    return { hostId, enrolMs: Date.now() - startedAt };
  });
}

/** Says whether the demo host of this state was enrolled by an earlier run: nothing is waited for again. */
export function wasEnrolled({ stateDir }: StartedDesk): boolean {
  return existsSync(markOf(stateDir));
}

function markOf(stateDir: string): string {
  return join(stateDir, "demo-host", "enrolled");
}
