// The sudoers file is one that both sudo and sudo-rs take: asked of this machine's visudo, and of Debian trixie's real sudo-rs.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { tryCommand } from "../../edge-agent/demo-host/run-command.ts";
import { renderSudoers } from "../../edge-agent/src/core/actuator/sudoers.ts";
import { describeOnMachine } from "./prerequisites.ts";
import { bringVisudoOfSudoRs, type Visudo } from "./sudo-rs.ts";

const checks = [{ kind: "tcp", name: "port", port: 1 }];
const systemctl = (verb: string) => ({ name: verb, kind: "systemctl", verb, level: 4 });
const EVERY_KIND = Catalogue.parse({
  version: 1,
  services: [
    {
      name: "web",
      unit: "web@1:main.service",
      checks,
      actions: ["restart", "start", "stop", "reload", "reset-failed"].map(systemctl),
    },
    { name: "timer", unit: "backup.timer", checks, actions: [systemctl("start")] },
    { name: "socket", unit: "web.socket", checks, actions: [systemctl("restart")] },
    {
      name: "gateway",
      unit: "gw.service",
      manager: "user",
      user: "bob",
      checks,
      actions: [systemctl("restart")],
    },
    {
      name: "n8n",
      container: { name: "n8n", engine: "podman" },
      checks,
      actions: [{ name: "restart", kind: "container", verb: "restart", level: 4 }],
    },
    {
      name: "acts",
      checks,
      actions: [
        { name: "all", kind: "exec", argv: ["/opt/act", "a=b,c:d", "e+f@g%h"], runAs: "root", level: 4 },
        { name: "none", kind: "exec", argv: ["/opt/act"], runAs: "bob", level: 4 },
      ],
    },
  ],
});

describeOnMachine("a sudoers file", () => {
  let folder: string;
  let visudoRs: Visudo;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "countersign-sudoers-"));
    visudoRs = await bringVisudoOfSudoRs();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function ask(text: string) {
    const file = join(folder, "sudoers");
    await writeFile(file, text);
    await chmod(file, 0o440);
    const [sudo, rs] = [await tryCommand(["/usr/sbin/visudo", "-cf", file]), await visudoRs(file)];
    return { sudo: sudo.code, rs: rs.code, words: `${sudo.stderr}${rs.stderr}` };
  }

  test("of every kind of act is taken by both", async () => {
    expect(await ask(renderSudoers(EVERY_KIND))).toMatchObject({ sudo: 0, rs: 0 });
  });

  test.each(["!requiretty", "!setenv", String.raw`secure_path=/usr/sbin\:/usr/bin`])(
    "with %s, as before, is refused by sudo-rs",
    async (setting) => {
      const { rs, sudo } = await ask(`Defaults:countersign-actuator ${setting}\n`);
      expect(sudo).toBe(0);
      expect(rs).not.toBe(0);
    },
  );
});
