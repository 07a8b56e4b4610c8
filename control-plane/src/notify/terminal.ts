// The terminal channel: a POST to whatever prints pages where the control plane runs (embedded mode), else one console line.
import { type OutgoingPage, type SendResult, sendRequest } from "./channel-send.ts";

/** Sends one page to the terminal. */
export async function sendToTerminal(
  terminal: Fetcher | undefined,
  outgoing: OutgoingPage,
): Promise<SendResult> {
  const { page, url } = outgoing;
  if (terminal === undefined) {
    // As JSON, so that a text from a host can neither forge another line nor steer the terminal that shows the log.
    const { severity, responder, title, body } = page;
    console.warn(`PAGE ${severity} to ${responder}: ${JSON.stringify(`${title} — ${body}`)} ${url}`);
    return { result: "delivered", detail: "console" };
  }
  const { key, incidentId, approvalId, kind, responder, severity, title, body } = page;
  const payload = { key, incidentId, approvalId, kind, responder, severity, title, body, url };
  const request = new Request("http://terminal/pages", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  return sendRequest(request, terminal);
}
