// Last words on a real host, through journald and systemd's own sandbox: what a unit and a lingering user's unit logged before they died stands on
// the incident and on the approval before the yes, without the secret in it; and the helper answers about nothing else.
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { signForm } from "../../control-plane/embedded/story/honest-acts.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const SECRET = "hunter2-tulip-Zq";
const check = (name: string) => ({
  name: "lives",
  kind: "plugin",
  argv: ["/usr/bin/grep", "-h", "OK", `/run/lives/${name}`],
  every: "1s",
});
const CATALOGUE = JSON.stringify({
  version: 1,
  services: [
    {
      name: "shop",
      unit: "shop.service",
      checks: [{ name: "unit", kind: "unit", every: "1s" }],
      actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4, timeout: "8s" }],
      evidence: { credentials: [{ name: "key", path: "/etc/shop.key" }] },
    },
    {
      name: "quiet",
      unit: "quiet.service",
      lastWords: false,
      checks: [{ name: "unit", kind: "unit", every: "1s" }],
    },
    {
      name: "gateway",
      unit: "gateway.service",
      manager: "user",
      user: "wendy",
      checks: [check("gateway")],
      evidence: { credentials: [{ name: "key", path: "/etc/shop.key" }] },
    },
  ],
});
/**
 * It lives while a file is there, then says why it dies: each time it is started without the file, too. It says when it is up, so that such a start
 * fails, however busy the machine is; one of the simple type would have succeeded before it died.
 */
const dying = (name: string, says: string) => `[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c 'test -e /run/lives/${name} && systemd-notify --ready; while [ -e /run/lives/${name} ]; do sleep 0.2; done; ${says}; exit 7'
[Install]
WantedBy=default.target
`;
const SAYS = `echo "connect postgres://shop:${SECRET}@db failed"; echo "key is tulip-of-the-file"; echo "panic: no such table: orders"`;

/** One question to the helper. */
const askScript = (question: string) =>
  `const s=require("node:net").connect("/run/countersign/journal.sock");` +
  `s.on("error",(e)=>{console.log(e.code);process.exit(3)});s.write(${JSON.stringify(question)});s.pipe(process.stdout)`;

describeOnMachine("last words of a real host", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    await machine.run(["install", "-d", "-m", "755", "/run/lives", "/etc/systemd/user"]);
    for (const name of ["shop", "quiet", "gateway"])
      await machine.run(["tee", `/run/lives/${name}`], "LIVES OK\n");
    await machine.write("/etc/shop.key", "tulip-of-the-file\n", 0o644);
    await machine.write("/etc/systemd/system/shop.service", dying("shop", SAYS), 0o644);
    await machine.write("/etc/systemd/system/quiet.service", dying("quiet", "echo not-for-anybody"), 0o644);
    await machine.write("/etc/systemd/user/gateway.service", dying("gateway", SAYS), 0o644);
    await machine.write("/etc/countersign/catalogue.yaml", CATALOGUE, 0o644);
    await machine.run(["useradd", "--create-home", "wendy"]);
    await machine.run(["loginctl", "enable-linger", "wendy"]);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "start", "shop.service", "quiet.service"]);
    const asWendy = ["systemctl", "--user", "--machine=wendy@.host"];
    await waitFor("wendy's own systemd", 30_000, async () =>
      (await machine.exec([...asWendy, "start", "gateway.service"])).code === 0 ? true : null,
    );
    await machine.run([INSTALLED_COMMAND, "install"]);
    await machine.run(["systemctl", "restart", "countersign-agent.service"]);
    await waitFor("all to be well", 30_000, async () => {
      const [host] = await fleet.hosts();
      const listed = host?.connection?.catalogue.map(({ service }) => service) ?? [];
      return listed.includes("shop") && host?.liveness === "up" ? true : null;
    });
  });
  afterAll(() => fleet?.end());

  /** What doctor finds of this catalogue is no matter of these. */
  const pageAbout = (service: string) =>
    waitFor(
      `a page about ${service}`,
      40_000,
      () =>
        fleet.pages
          .map(({ page }) => page)
          .find(
            (page) =>
              JSON.stringify(page).includes(`${service} `) &&
              !String(page["body"]).includes("as it is set up"),
          ) ?? null,
    );
  /** The view with these words on it; what it says instead is told. */
  const seen = async (url: string, words: string) => {
    const { person } = fleet.approver;
    let said = "";
    return waitFor(`"${words}" on it`, 60_000, async () => {
      const view = await person.open(url);
      said = view.html.replaceAll(/<style[^]*?<\/style>|<[^>]*>|\s+/g, " ");
      return view.html.includes(words) ? view : null;
    }).catch((error: unknown) => {
      throw new Error(`It says: ${said.slice(0, 4_000)}`, { cause: error });
    });
  };
  const kill = (name: string) => fleet.machine.run(["rm", "-f", `/run/lives/${name}`]);
  const ask = (question: string, user = "countersign-agent") =>
    fleet.machine.exec(["runuser", "-u", user, "--", "/opt/countersign/node", "-e", askScript(question)]);

  test("stand on the approval before the yes, without the secrets, and after the failed act again", async () => {
    const { passkey, person } = fleet.approver;
    await kill("shop");
    const page = await pageAbout("shop");
    expect(JSON.stringify(fleet.pages)).not.toContain("no such table");
    const shown = await seen(String(page["url"]), "no such table: orders");
    expect(shown.html).toContain("exited with status 7");
    expect(shown.html).toContain("[redacted]@db failed");
    expect(shown.html).not.toContain(SECRET);
    expect(shown.html).not.toContain("tulip-of-the-file");
    expect(shown.html.indexOf("no such table")).toBeLessThan(shown.html.lastIndexOf("/approve"));
    const { assertion, form } = await signForm(shown, passkey);
    await person.submit(shown, form, { assertion: JSON.stringify(assertion) });
    await seen(String(page["url"]), "told after an act on it failed");
  });

  test("of a lingering user's unit stand on its incident", async () => {
    await kill("gateway");
    // By its title: what doctor finds names the service, too.
    const page = await waitFor(
      "a page about gateway",
      40_000,
      () =>
        fleet.pages
          .map(({ page }) => page)
          .find(({ title }) => String(title).includes("/gateway: failing")) ?? null,
    );
    const shown = await seen(String(page["url"]), "no such table: orders");
    expect(shown.html).toContain("exited with status 7");
    expect(shown.html).not.toContain(SECRET);
  });

  test("are shown of nothing that switches them off, and had of nothing else by the socket", async () => {
    await kill("quiet");
    await pageAbout("quiet");
    const nothing = JSON.stringify({ exit: null, lines: [], isCut: false });
    for (const question of [
      "quiet\n",
      "sshd\n",
      "ssh.service\n",
      "../shop\n",
      "shop --since=0\n",
      "shop",
      "\n",
    ]) {
      const { stdout } = await ask(question);
      expect([question, stdout.trim()]).toEqual([question, nothing]);
    }
    expect((await ask("shop\n")).stdout).toContain("no such table");
    expect((await ask("shop\n")).stdout).not.toMatch(/hunter2|tulip/);
    for (const user of ["nobody", "wendy", "countersign-actuator"])
      expect((await ask("shop\n", user)).stdout.trim()).toBe("EACCES");
    const { adminToken, url } = fleet.controlPlane();
    const shown = await fetch(`${url}/v1/admin/hosts/${fleet.hostId}`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    const text = await shown.text();
    expect(text).toContain("no such table");
    expect(text).not.toMatch(/not-for-anybody|hunter2|tulip-of/);
  });
});
