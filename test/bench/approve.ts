// Benchmark: from a person's yes by passkey to the restarted service, beside `ssh localhost sudo systemctl restart X`, in turns on one machine.
// Both ends are on one clock: the start is CLOCK_MONOTONIC here, the end is systemd's own ActiveEnterTimestampMonotonic of the new
// invocation. Nothing polls meanwhile but a slow look for the end.
import { setTimeout as sleep } from "node:timers/promises";
import { signForm } from "../../control-plane/embedded/story/honest-acts.ts";
import { badgesOf } from "../../control-plane/embedded/story/person.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { MACHINE_CATALOGUE } from "../../edge-agent/demo-host/catalogue-text.ts";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { killService, mainPidOf, startFleet, type Fleet } from "../system/fleet.ts";
import { machineObstacle, useCatalogue } from "./demo-machine.ts";
import { figure, median, type Beside, type Measured, type Say } from "./figures.ts";
import { prepareSsh, type SshRestart } from "./ssh-restart.ts";

const ROUNDS = 10;
const UNIT = "demo.service";
/** Long enough for the checks to have seen health again; at least one check period (1 s) and some. */
const HEALTHY_MS = 2_500;
/** Short windows, so that ten rounds take two minutes; they lie before and after what is measured. */
const POLICY = `version: 1
liveness: { profile: fast }
checkFailing: { failuresMin: 2, held: 1s }
restartBudget: { restartsMax: 100, window: 1h }
ladder: { proposalsMax: 100 }
verify: { stability: 2s }
incident: { resolveAfter: 2s }
`;
const CATALOGUE = `${MACHINE_CATALOGUE}budget: { restartsMax: 100, window: 1h }\n`;

/** Milliseconds of each round; those of ssh are empty when nothing may be installed. */
interface Times {
  readonly approved: number[];
  /** the same when the actuator has ended for want of work, as after a person's minute of thought */
  readonly atRest: number[];
  readonly loggedIn: number[];
  readonly connected: number[];
}

export const approveObstacle = machineObstacle;

/** `withSsh` false: nothing may be installed, so there is nothing beside it. */
export async function benchApprove(say: Say, withSsh: boolean): Promise<Measured> {
  say("booting a machine and installing the agent");
  const fleet = await startFleet(POLICY);
  let ssh: SshRestart | null = null;
  try {
    await useCatalogue(fleet, CATALOGUE);
    // Without it sudo asks the network for the machine's own name, whoever calls it.
    await fleet.machine.write("/etc/hosts", "127.0.0.1 localhost demo-host\n", 0o644);
    if (withSsh) {
      say("installing openssh-server inside the machine");
      ssh = await prepareSsh(fleet.machine, UNIT);
    }
    const times: Times = { approved: [], atRest: [], loggedIn: [], connected: [] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`round ${round} of ${ROUNDS}`);
      times.approved.push(await timeApproval(fleet));
      times.atRest.push(await timeApproval(fleet, () => rest(fleet.machine)));
      if (ssh === null) continue;
      times.loggedIn.push(await timeSsh(fleet, ssh.withNewLogin));
      times.connected.push(await timeSsh(fleet, ssh.overOpenConnection));
    }
    return { figures: figuresOf(times), notes: notesOf(times) };
  } finally {
    await ssh?.stop();
    await fleet.end();
  }
}

/** Milliseconds from the POST to the new main process. The failure is noticed, proposed and paged before the clock starts;
 * `prepare` is done then, too. */
async function timeApproval(fleet: Fleet, prepare = async () => {}): Promise<number> {
  const { passkey, person } = fleet.approver;
  const pagesBefore = fleet.pages.length;
  const oldPid = await mainPidOf(fleet.machine);
  await killService(fleet.machine);
  const url = await waitFor("a page with an approval", 30_000, () => {
    const found = fleet.pages.slice(pagesBefore).find(({ page }) => typeof page.approvalId === "string");
    return found === undefined ? null : String(found.page.url);
  });
  const approval = await person.open(url);
  const { assertion, form } = await signForm(approval, passkey);
  await prepare();
  // not in step with the checks
  await sleep(Math.random() * 1_000);
  const startedAt = process.hrtime.bigint();
  await person.submit(approval, form, { assertion: JSON.stringify(assertion) });
  const activeMs = await activeSince(fleet.machine, oldPid, startedAt);
  await waitFor("the approval to be verified", 40_000, async () =>
    badgesOf(await person.open(url))[0] === "Fixed" ? true : null,
  );
  await sleep(HEALTHY_MS);
  return activeMs;
}

/** As it does by itself after a minute; its socket starts it again. */
async function rest(machine: Machine): Promise<void> {
  await machine.run(["systemctl", "stop", "countersign-actuator.service"]);
}

async function timeSsh(fleet: Fleet, restart: () => Promise<void>): Promise<number> {
  const oldPid = await mainPidOf(fleet.machine);
  const pagesBefore = fleet.pages.length;
  await killService(fleet.machine);
  await waitFor("the service to be dead", 5_000, async () =>
    (await mainPidOf(fleet.machine)) === 0 ? true : null,
  );
  const startedAt = process.hrtime.bigint();
  await restart();
  const activeMs = await activeSince(fleet.machine, oldPid, startedAt);
  await sleep(HEALTHY_MS);
  if (fleet.pages.length > pagesBefore)
    await waitFor("the incident of the ssh round to resolve", 30_000, () =>
      fleet.pages.slice(pagesBefore).some(({ page: { kind } }) => kind === "recovered") ? true : null,
    );
  return activeMs;
}

/** Waits for another main process, then asks systemd when it became active. */
async function activeSince(machine: Machine, oldPid: number, startedAt: bigint): Promise<number> {
  return waitFor("a new main process", 20_000, async () => {
    const text = await machine.run([
      "systemctl",
      "show",
      "--property=MainPID,ActiveState,ActiveEnterTimestampMonotonic",
      UNIT,
    ]);
    const shown = Object.fromEntries(
      text
        .trim()
        .split("\n")
        .map((line) => line.split("=")),
    );
    const pid = Number(shown["MainPID"]);
    if (pid === 0 || pid === oldPid || shown["ActiveState"] !== "active") return null;
    return Number(shown["ActiveEnterTimestampMonotonic"]) / 1_000 - Number(startedAt) / 1e6;
  });
}

function figuresOf({ approved, atRest, loggedIn, connected }: Times) {
  const beside = (value: number, what: string): Beside | null =>
    Number.isFinite(value) ? { kind: "measured", value, what } : null;
  const login = "ssh localhost sudo systemctl restart";
  const open = "the same over an open ssh connection";
  const middle = median(approved);
  const besideOpen =
    connected.length === 0
      ? []
      : [figure("approve to running, median", middle, "ms", beside(median(connected), open))];
  return [
    figure("approve to running, median", middle, "ms", beside(median(loggedIn), login)),
    ...besideOpen,
    figure(
      "the same with the actuator at rest, median",
      median(atRest),
      "ms",
      beside(middle, "with it awake"),
    ),
    figure("approve to running, best", Math.min(...approved), "ms", beside(Math.min(...loggedIn), login)),
    figure("approve to running, worst", Math.max(...approved), "ms", beside(Math.max(...loggedIn), login)),
  ];
}

function notesOf({ approved, atRest, loggedIn, connected }: Times): readonly string[] {
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(" ");
  const alone =
    'Nothing stands beside it: openssh-server is installed (inside the machine) only when asked by name: "--only approve" or "--install".';
  return [
    "One booted systemd machine (nspawn) of its own; the control plane beside it over a veth pair; the unit is dead before each restart; the ways take turns.",
    "From the POST that carries the passkey's signature being sent, or ssh being started, to systemd's ActiveEnterTimestampMonotonic of the new invocation.",
    "A person's way to the button, and to the shell prompt, is in neither.",
    `approve, ms: ${list(approved)}`,
    `approve with the actuator at rest, ms: ${list(atRest)}`,
    ...(loggedIn.length === 0
      ? [alone]
      : [
          `ssh with a new login, ms: ${list(loggedIn)}`,
          `ssh over an open connection, ms: ${list(connected)}`,
          "openssh-server was installed inside the machine only, with Debian's settings.",
        ]),
  ];
}
