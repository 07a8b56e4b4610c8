// The ntfy channel: publish as JSON (https://docs.ntfy.sh/publish/#publish-as-json). The tap opens the approval or incident; it only
// locates, so no action button is attached.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Channel } from "../policy/policy-channel.ts";
import { type Message, type OutgoingPage, type SendResult, sendRequest } from "./channel-send.ts";

type NtfyChannel = Extract<Channel, { kind: "ntfy" }>;

/** ntfy refuses longer messages, or turns them into attachments. */
const MESSAGE_CHARS_MAX = 3_000;

/** Publishes one page to a topic; `token` is an access token or null. */
export async function sendToNtfy(
  channel: NtfyChannel,
  token: string | null,
  outgoing: OutgoingPage,
): Promise<SendResult> {
  const { page, url } = outgoing;
  const headers = new Headers({ "content-type": "application/json" });
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  const body = JSON.stringify({
    topic: channel.topic,
    title: page.title,
    message: page.body.slice(0, MESSAGE_CHARS_MAX),
    priority: priorityOf(page),
    tags: [tagOf(page)],
    ...(url === null ? {} : { click: url }),
  });
  return sendRequest(new Request(channel.server, { method: "POST", headers, body }));
}

/** 1 (min) to 5 (max); good news never rings like bad news. */
function priorityOf(page: Message): number {
  if (page.kind === "recovered" || page.kind === "result" || page.kind === "sign-in") return 3;
  const priorities: Record<Severity, number> = { info: 2, warning: 3, error: 4, critical: 5 };
  return priorities[page.severity];
}

function tagOf({ kind }: Message): string {
  switch (kind) {
    case "firing":
      return "rotating_light";
    case "approval":
      return "raised_hand";
    case "recovered":
      return "white_check_mark";
    case "result":
      return "wrench";
    case "sign-in":
      return "key";
  }
}
