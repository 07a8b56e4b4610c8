// Tells systemd that the agent has started, when it asked to be told. Node has no datagram sockets of this family, so the small
// program of systemd does it (the unit needs NotifyAccess=all). Not pure.
import { execFile } from "node:child_process";

/** Says READY=1; silent outside systemd, and nothing depends on its success. */
export function notifyReady(): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile("/usr/bin/systemd-notify", ["--ready"], () => undefined);
}
