// The text of the journal helper's units: a socket that only the agent may open, and a process for one question. Pure.
// What a reader would get wrong: this user may read every log of the machine, so it has neither network nor a place to write to, lives for
// seconds, and answers about services of root's catalogue alone (commands/journal.ts). It calls nothing with a privilege.
import { JOURNAL_SOCKET } from "../words/journal-answer.ts";

export const JOURNAL_USER = "countersign-journal";
export const JOURNAL_UNIT = "countersign-journal@.service";
export const JOURNAL_SOCKET_UNIT = "countersign-journal.socket";

/** `agentUser` alone may ask; `command` runs the program. */
export function journalUnits(
  command: string,
  agentUser: string,
): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: JOURNAL_SOCKET_UNIT, text: socketText(agentUser) },
    { name: JOURNAL_UNIT, text: serviceText(command) },
  ];
}

function socketText(agentUser: string): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign journal helper's socket

[Socket]
ListenStream=${JOURNAL_SOCKET}
Accept=yes
SocketUser=${agentUser}
SocketMode=0600
DirectoryMode=0755
RemoveOnStop=yes
MaxConnections=4
TriggerLimitIntervalSec=10s
TriggerLimitBurst=100

[Install]
WantedBy=sockets.target
`;
}

function serviceText(command: string): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign journal helper
CollectMode=inactive-or-failed

[Service]
Type=exec
ExecStart=${command} journal
StandardInput=socket
StandardOutput=socket
StandardError=journal
Environment=MALLOC_ARENA_MAX=1
User=${JOURNAL_USER}
# It may read every log.
SupplementaryGroups=systemd-journal
UMask=0077
RuntimeMaxSec=20s
TimeoutStopSec=2s

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateNetwork=yes
IPAddressDeny=any
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
InaccessiblePaths=-/var/lib/countersign-agent -/var/lib/countersign-actuator -/var/lib/private
MemoryMax=192M
MemorySwapMax=0
TasksMax=32
LimitFSIZE=0
LimitCORE=0
OOMPolicy=kill
OOMScoreAdjust=500
`;
}
