// The main job on a real host: the service dies, a person approves on the page, the host restarts it through its own exact sudoers
// line, and health is proven.
import { afterAll, beforeAll, expect, test } from "vitest";
import { signForm } from "../../control-plane/embedded/story/honest-acts.ts";
import { argvOf, badgesOf } from "../../control-plane/embedded/story/person.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { killService, mainPidOf, startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

describeOnMachine("a service that dies on a real host", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });
  afterAll(() => fleet?.end());

  test("is restarted after a person's yes, and verified", async () => {
    const { passkey, person } = fleet.approver;
    const oldMainPid = await mainPidOf(fleet.machine);
    expect(oldMainPid).toBeGreaterThan(0);
    await killService(fleet.machine);

    const { page } = await waitFor("the page", 30_000, () => fleet.pages[0] ?? null);
    const approval = await person.open(String(page.url));
    const argv = ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "demo.service"];
    expect(argvOf(approval)).toEqual(argv);
    // Nothing runs by being looked at.
    expect(await mainPidOf(fleet.machine)).toBe(0);

    const { assertion, form } = await signForm(approval, passkey);
    await person.submit(approval, form, { assertion: JSON.stringify(assertion) });
    const newMainPid = await waitFor(
      "a new main process",
      60_000,
      async () => (await mainPidOf(fleet.machine)) || null,
    );
    expect(newMainPid).not.toBe(oldMainPid);

    await waitFor("the approval to be verified", 40_000, async () =>
      badgesOf(await person.open(String(page.url)))[0] === "Fixed" ? true : null,
    );
    await waitFor(
      "the recovered page",
      60_000,
      () => fleet.pages.find(({ page: { kind } }) => kind === "recovered") ?? null,
    );
    expect(fleet.pages.map(({ page: { kind } }) => kind)).toEqual(["ring", "recovered"]);
  });

  test("is restarted through sudo by one exact line, and by nothing wider", async () => {
    const sudoers = await fleet.machine.run(["cat", "/etc/sudoers.d/countersign"]);
    expect(sudoers).toContain("/usr/bin/systemctl restart --no-block demo.service");
    const asActuator = ["runuser", "-u", "countersign-actuator", "--", "sudo", "-n"];
    const wider = await fleet.machine.exec([...asActuator, "/usr/bin/systemctl", "restart", "dbus.service"]);
    expect(wider.code).not.toBe(0);
    const status = await fleet.machine.exec([...asActuator, "/usr/bin/systemctl", "status", "demo.service"]);
    expect(status.code).not.toBe(0);
  });
});
