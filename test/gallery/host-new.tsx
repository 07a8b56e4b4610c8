// Adding a host: the two steps, and the command that is shown once, for a desk that other machines reach and for one that
// they do not.
import { HostCommandView, NewHostView } from "../../control-plane/src/web/hosts/new-host-view.tsx";
import { THREE } from "./passkeys.tsx";
import { ALICE, MINUTE_MS, NOW, type ShownState } from "./shown-state.ts";

const TOKEN = `${"q".repeat(43)}.${"k".repeat(43)}`;
const answered = { ...ALICE, address: null };

export const states: readonly ShownState[] = [
  { name: "host-new", view: <NewHostView frame={ALICE} csrfToken="token" trust={THREE} /> },
  { name: "host-new-nobody-yet", view: <NewHostView frame={ALICE} csrfToken="token" trust={null} /> },
  {
    name: "host-new-token",
    view: (
      <HostCommandView
        frame={answered}
        url="https://desk.example.net"
        token={TOKEN}
        expiresAt={NOW + 15 * MINUTE_MS}
        trust={THREE}
      />
    ),
  },
  {
    name: "host-new-token-loopback",
    view: (
      <HostCommandView
        frame={answered}
        url="http://localhost:8787"
        token={TOKEN}
        expiresAt={NOW + 15 * MINUTE_MS}
        trust={null}
      />
    ),
  },
];
