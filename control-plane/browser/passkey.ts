// The desk's one script: it asks the device for a passkey and puts what that signed into the form, which then goes its usual way. It decides nothing.
// Where a form names what it is about (`data-current`), the tap fetches that once and goes on only if it reads as what the person has before them.
// What a reader would get wrong: a view that fetches itself anew would close the sheet over somebody's finger, so that is stopped first; and a phone
// opens the sheet only for a short while after the tap, so there is one fetch and no more. It is served as control-plane/src/web/look/passkey-script.json.
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { Current } from "./current.ts";

type CreationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];
type RequestOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

/** How long the desk may take to say how a question stands now. */
const CURRENT_TIMEOUT_MS = 10_000;
/** So long a line stands before the view it speaks of takes its place. */
const LINE_MS = 2_000;

/** One form, and how it speaks. */
interface Signing {
  readonly form: HTMLFormElement;
  readonly button: HTMLButtonElement;
  readonly creates: boolean;
  readonly say: (text: string) => void;
}

/** Nothing was signed, for a reason that is already a sentence. */
class Refusal extends Error {
  override name = "Refusal";
  /** where the view is that shows it; absent: this one may be tapped again */
  readonly next: string | null;
  constructor(message: string, next: string | null = null) {
    super(message);
    this.next = next;
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  if (button === null || status === null) continue;
  const say = (text: string) => void (status.textContent = text);
  prepare({ form, button, say, creates: form.dataset["passkey"] === "create" });
}
// A view from the browser's memory is of another time.
addEventListener("pageshow", (event) => event.persisted && location.reload());

function prepare(signing: Signing): void {
  const { button, creates, form, say } = signing;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) void sign(signing);
  });
  set(form, fieldOf(signing), "");
  if (typeof PublicKeyCredential !== "function") {
    const nothing = creates ? "no passkey can be made" : "nothing can be signed";
    const where = isSecureContext
      ? `Inside another app, such as a chat, open the address in the phone's own browser: ${nothing} here.`
      : `It came here without https: ${nothing} here.`;
    return say(`This browser knows no passkeys. ${where}`);
  }
  const under = button.querySelector("small");
  if (under !== null) under.textContent = button.dataset["ready"] ?? "";
  button.disabled = false;
}

async function sign(signing: Signing): Promise<void> {
  const { button, creates, form, say } = signing;
  button.disabled = true;
  stop();
  try {
    const options = await optionsNow(signing);
    say("Waiting for your passkey …");
    const signed = creates
      ? await made(options as CreationOptions)
      : await assertionOf(options as RequestOptions);
    set(form, fieldOf(signing), JSON.stringify(signed));
    say(creates ? "Made. Sending it …" : "Signed. Sending it …");
    form.submit();
  } catch (error) {
    say(sentenceOf(error, creates));
    const next = error instanceof Refusal ? error.next : null;
    if (next !== null) return void setTimeout(() => location.assign(next), LINE_MS);
    button.disabled = false;
    const moves = document.querySelector<HTMLElement>("[data-moves]")?.dataset["moves"];
    if (moves !== undefined) setTimeout(() => button.disabled || location.reload(), Number(moves) * 1_000);
  }
}

/** What the sheet is opened with: as the view has it or, where that may have moved on, as it stands now. */
async function optionsNow({ form, say }: Signing): Promise<unknown> {
  const { current: path, options = "{}", read } = form.dataset;
  if (path === undefined) return JSON.parse(options);
  say("Asking the desk …");
  const now = await currentAt(path);
  if (now.state === "closed") throw new Refusal(`${now.says} ${NOTHING_SIGNED}`, now.next);
  if (now.read !== read) throw new Refusal(`${now.changed} Then tap again.`, now.next);
  form.action = now.action;
  set(form, "csrf", now.token);
  set(form, "proposalHash", now.proposalHash);
  return now.options;
}

const NOTHING_SIGNED = "Nothing was signed.";

async function currentAt(path: string): Promise<Current> {
  const signal = AbortSignal.timeout(CURRENT_TIMEOUT_MS);
  const asked = fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "error", signal });
  const answer = await asked.catch(() => {
    throw new Refusal(
      `The desk cannot be reached: look at your connection, then tap again. ${NOTHING_SIGNED}`,
    );
  });
  if (answer.status === 401)
    throw new Refusal(`You are signed out on this device. ${NOTHING_SIGNED}`, location.href);
  if (!answer.ok)
    throw new Refusal(`The desk did not say how it stands (${answer.status}): tap again. ${NOTHING_SIGNED}`);
  return (await answer.json().catch(() => {
    throw new Refusal(`The desk's answer broke off: tap again. ${NOTHING_SIGNED}`);
  })) as Current;
}

/** What the host's verifier reads of an assertion (shared/src/wire/assertion.ts). */
async function assertionOf(optionsJSON: RequestOptions): Promise<unknown> {
  const { id, response } = await startAuthentication({ optionsJSON });
  const { authenticatorData, clientDataJSON, signature } = response;
  return { scheme: "webauthn", credentialId: id, authenticatorData, clientDataJSON, signature };
}

/** What the desk reads of a new passkey. */
async function made(optionsJSON: CreationOptions): Promise<unknown> {
  const { id, rawId, response, type } = await startRegistration({ optionsJSON });
  const { attestationObject, clientDataJSON, transports = [] } = response;
  return {
    id,
    rawId,
    type,
    clientExtensionResults: {},
    response: { attestationObject, clientDataJSON, transports },
  };
}

/** Why nothing was signed; the names are WebAuthn's (https://w3c.github.io/webauthn/#sctn-create-request-exceptions). */
function sentenceOf(error: unknown, creates: boolean): string {
  const { message, name } = error as Error;
  const nothing = creates ? "no passkey was made." : "nothing was signed.";
  switch (name) {
    case "Refusal":
      return message;
    case "NotAllowedError":
    case "AbortError":
      return `You cancelled, or it took too long, or this device has no passkey for it: ${nothing}`;
    case "InvalidStateError":
      return `This device has a passkey for this desk already: ${nothing}`;
    case "NotSupportedError":
      return `This device makes no passkey of a kind that hosts can check: ${nothing}`;
    case "ConstraintError":
      return `This device has no screen lock, finger or face to ask for: ${nothing}`;
    case "SecurityError":
      return `The desk's passkeys do not work at this address: ${nothing}`;
  }
  return `It failed (${message}): ${nothing}`;
}

function fieldOf({ creates }: Signing): string {
  return creates ? "registration" : "assertion";
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}
