// `countersign sign-ins …`: who is signed in, and ending it; `countersign hosts retire`. Exit codes as for `countersign policy`.
import type { Command } from "commander";
import { type ApiOptions, openApi } from "./operator-api.ts";
import { complain, type Desk, EXIT, type Output } from "./policy-acts.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

interface SignIns {
  readonly signIns: readonly {
    readonly signInId: string;
    readonly deviceName: string;
    readonly responder: string;
    readonly openedAt: number;
  }[];
}

interface Surroundings {
  readonly output: Output;
  readonly end: (code: number) => void;
}

/** Adds the commands to the program; `end` takes the exit code. */
export function addDoorCommands(program: Command, { output, end }: Surroundings): void {
  const signIns = program.command("sign-ins").description("list who is signed in, and sign them out");
  const withDesk = async (options: Options, act: (desk: Desk) => Promise<number>) => {
    const api = openApi(options, process.env);
    end(api.ok ? await act({ api: api.value, output }) : complain(output, api.error));
  };
  reading(signIns.command("list"), "list the sign-ins: id, person, device, since when").action(
    (options: Options) => withDesk(options, (desk) => listSignIns(options, desk)),
  );
  reading(signIns.command("end"), "end one sign-in")
    .argument("<sign-in>", "its id")
    .action((signInId: string, options: Options) =>
      withDesk(options, (desk) => endSignIns(`/v1/admin/sign-ins/${encodeURIComponent(signInId)}`, desk)),
    );
  reading(signIns.command("end-all"), "end all sign-ins of a person, and the links that wait for them")
    .argument("<person>", "a responder's id")
    .action((person: string, options: Options) =>
      withDesk(options, (desk) =>
        endSignIns(`/v1/admin/responders/${encodeURIComponent(person)}/sign-ins`, desk),
      ),
    );
  const hosts = program.command("hosts").description("act on hosts");
  reading(hosts.command("retire"), "retire a host for good: its key is refused from then on")
    .argument("<host>", "its id, as its view shows it")
    .option("--why <text>", "why, for the audit", "")
    .action((hostId: string, options: Options & { readonly why: string }) =>
      withDesk(options, (desk) => retireHost({ hostId, why: options.why }, desk)),
    );
}

/** Retires one host. */
export async function retireHost(
  { hostId, why }: { readonly hostId: string; readonly why: string },
  { api, output }: Desk,
): Promise<number> {
  const path = `/v1/admin/hosts/${encodeURIComponent(hostId)}/retire`;
  const retired = await api.send<object>("POST", path, { why });
  if (!retired.ok) return complain(output, retired.error);
  output.print(`Retired: ${hostId}.`);
  return EXIT.done;
}

/** Prints the sign-ins, newest first. */
export async function listSignIns({ json }: Options, { api, output }: Desk): Promise<number> {
  const listed = await api.get<SignIns>("/v1/admin/sign-ins");
  if (!listed.ok) return complain(output, listed.error);
  const { signIns } = listed.value;
  if (json === true) output.print(JSON.stringify(signIns, null, 2));
  else if (signIns.length === 0) output.print("Nobody is signed in.");
  else
    for (const { deviceName, openedAt, responder, signInId } of signIns)
      output.print(`${signInId}  ${responder}  ${deviceName}  since ${new Date(openedAt).toISOString()}`);
  return EXIT.done;
}

/** Ends what a path of the API names. */
export async function endSignIns(path: string, { api, output }: Desk): Promise<number> {
  const ended = await api.send<{ readonly ended: number }>("DELETE", path);
  if (!ended.ok) return complain(output, ended.error);
  output.print(`Ended: ${ended.value.ended}.`);
  return EXIT.done;
}

function reading(command: Command, description: string): Command {
  return command
    .description(description)
    .option("--url <url>", "where the control plane is")
    .option("--admin-token-file <file>", "file that holds its admin token")
    .option("--json", "print one JSON document");
}
