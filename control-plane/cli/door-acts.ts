// What `countersign sign-ins …` and `countersign hosts retire` do. Exit codes as for `countersign policy`.
import { complain, type Desk, EXIT } from "./policy-acts.ts";

interface SignIns {
  readonly signIns: readonly {
    readonly signInId: string;
    readonly deviceName: string;
    readonly responder: string;
    readonly openedAt: number;
  }[];
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
export async function listSignIns(
  { json }: { readonly json?: boolean },
  { api, output }: Desk,
): Promise<number> {
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
