// What can be said to the `countersign` command: each help says with which code the command ends, and nothing runs for it.
import { expect, it } from "vitest";
import { countersignProgram } from "../../../control-plane/cli/program.ts";

type Command = ReturnType<typeof countersignProgram>;

const output = { print: () => {}, complain: () => {} };
const replay = { ...output, isColoured: false, columns: null, showClock: null };

function program(): Command {
  return countersignProgram({ output, replay, end: () => {} });
}

function all(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(all)];
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => void (help += text) });
  command.outputHelp();
  return help;
}

it("has exit codes in every help", () => {
  const commands = all(program());
  expect(commands).toHaveLength(54);
  const lacking = commands.filter((command) => !/\bEnds with 0 when .*\b2 when /.test(helpOf(command)));
  expect(lacking.map((command) => command.name())).toEqual([]);
});

it("has an example in the help of each that runs", () => {
  const running = all(program()).filter(({ commands }) => commands.length === 0);
  const lacking = running.filter((command) => !/Examples?:\n  countersign /.test(helpOf(command)));
  expect(lacking.map((command) => command.name())).toEqual([]);
});

it.each([
  ["--version", 0],
  ["replay", 1],
  ["replay --until soon x.yaml", 1],
  ["schema nothing", 1],
  ["no-such-command", 1],
  ["audit list --limit none", 1],
  ["incidents acknowledge inc_1", 1],
  ["test-page", 1],
  ["trust next --level 4=many", 1],
  ["trust next --level 6=1", 1],
  ["trust next --add alice", 1],
  ["trust next --threshold 0", 1],
  ["trust next --add-desk-key desk-2=short", 1],
  ["trust draft", 1],
  ["trust draft next.json --threshold 1", 1],
  ["trust drop", 1],
  ["trust begin-anew --confirm", 1],
  ["people invite", 1],
  ["people withdraw", 1],
  ["test-page alice --timeout soon", 1],
  ["channel add phone --for alice", 1],
  ["channel add phone --kind ntfy", 1],
  ["channel add phone --kind ntfy --for alice,,bob", 1],
  ["channel test", 1],
  ["channel remove", 1],
  ["channel test phone --timeout soon", 1],
])("answers %s without running anything", async (said, exitCode) => {
  const silent = program();
  for (const command of all(silent)) command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  await expect(silent.parseAsync(said.split(" "), { from: "user" })).rejects.toMatchObject({ exitCode });
});
