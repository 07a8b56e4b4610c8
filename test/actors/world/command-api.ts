// The API as the `countersign` command has it, asked of the Worker itself: what is answered is read by the same table as in production.
import { ok } from "@countersign/shared/values/result";
import { apiOver, type OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { ask, bindings, ORIGIN } from "./fleet.ts";

/** The command's way to the desk of this test, with the admin token. */
export function commandApi(): OperatorApi {
  return apiOver(ORIGIN, async ({ body, method, path }) => {
    const answer = await ask(path, { method, body, token: bindings.ADMIN_TOKEN });
    return ok({ status: answer.status, text: await answer.text() });
  });
}
