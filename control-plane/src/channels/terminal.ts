// The terminal channel: a POST to whatever prints pages where the control plane runs (embedded mode). Elsewhere there is no terminal.
import { type OutgoingPage, type SendResult, sendRequest, type Terminal } from "./channel-send.ts";

/** Sends one page to the terminal. */
export async function sendToTerminal(terminal: Terminal, outgoing: OutgoingPage): Promise<SendResult> {
  const { page, url } = outgoing;
  const { key, incidentId, approvalId, kind, responder, severity, title, body } = page;
  const payload = { key, incidentId, approvalId, kind, responder, severity, title, body, url };
  const request = new Request("http://terminal/pages", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  return sendRequest(request, terminal);
}
