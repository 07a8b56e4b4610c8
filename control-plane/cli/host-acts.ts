// What `countersign hosts …` does. Exit codes as for `countersign policy`.
import { complain, type Desk, EXIT } from "./policy-acts.ts";

/** Retires one host. */
export async function retireHost(
  { hostId, json, why }: { readonly hostId: string; readonly why: string; readonly json?: boolean },
  { api, output }: Desk,
): Promise<number> {
  const asking = { params: { id: hostId }, body: { why } };
  const retired = await api.ask("POST /v1/admin/hosts/:id/retire", asking);
  if (!retired.ok) return complain(output, retired.error);
  output.print(json === true ? JSON.stringify(retired.value, null, 2) : `Retired: ${hostId}.`);
  return EXIT.done;
}
