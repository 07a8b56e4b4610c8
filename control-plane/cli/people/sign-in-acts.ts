// What `countersign sign-ins …` and `countersign tokens …` do.
import { complain, type Desk, EXIT, printJson } from "../desk.ts";
import { ageOf, tableOf } from "../table.ts";
import { complainOfNames } from "./who-was-meant.ts";

interface Options {
  readonly json?: boolean;
}

/** Prints the sign-ins, newest first. */
export async function listSignIns({ json }: Options, { api, output }: Desk, now: number): Promise<number> {
  const listed = await api.ask("GET /v1/admin/sign-ins", {});
  if (!listed.ok) return complain(output, listed.error);
  const { signIns } = listed.value;
  if (json === true) printJson(output, listed.value);
  else if (signIns.length === 0) output.print("Nobody is signed in.");
  else {
    const rows = signIns.map(({ deviceName, openedAt, responder, signInId }) => [
      signInId,
      ageOf(openedAt, now),
      responder,
      deviceName,
    ]);
    output.print(tableOf(["ID", "AGE", "PERSON", "DEVICE"], rows).join("\n"));
  }
  return EXIT.done;
}

/** Ends one sign-in, or all of a person. */
export async function endSignIns(
  ended: { readonly signInId: string } | { readonly responder: string },
  { json }: Options,
  { api, output }: Desk,
): Promise<number> {
  const answer =
    "signInId" in ended
      ? await api.ask("DELETE /v1/admin/sign-ins/:id", { params: { id: ended.signInId } })
      : await api.ask("DELETE /v1/admin/responders/:id/sign-ins", { params: { id: ended.responder } });
  if (!answer.ok) return complain(output, answer.error);
  if (json === true) printJson(output, answer.value);
  else output.print(`Ended: ${answer.value.ended}.`);
  return EXIT.done;
}

/** Makes a token by which one host enrols, and prints it: it is given this once. */
export async function makeEnrolmentToken({ json }: Options, { api, output }: Desk): Promise<number> {
  const made = await api.ask("POST /v1/admin/enrolment-tokens", {});
  if (!made.ok) return complain(output, made.error);
  const { expiresAt, token } = made.value;
  if (json === true) printJson(output, made.value);
  else {
    output.complain(`Good for one host, until ${new Date(expiresAt).toISOString()}.`);
    output.print(token);
  }
  return EXIT.done;
}

/** Makes a sign-in link; once somebody is signed in it is sent to the person, and not printed. */
export async function makeSignInLink(
  responder: string,
  { json }: Options,
  { api, output }: Desk,
): Promise<number> {
  const made = await api.ask("POST /v1/admin/sign-in-tokens", { body: { responder } });
  if (!made.ok) return complainOfNames({ responder }, { api, output }, made.error);
  if (json === true) printJson(output, made.value);
  else if (made.value.delivery === "paged")
    output.print(
      `Somebody is signed in already: the link was sent to ${responder} by ${made.value.channel}.`,
    );
  else {
    output.complain(
      `Opens the desk for ${responder} once, until ${new Date(made.value.expiresAt).toISOString()}.`,
    );
    output.print(made.value.url);
  }
  return EXIT.done;
}
