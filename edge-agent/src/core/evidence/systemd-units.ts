// The text of the systemd units: the host's zones (docs/security.md); those of plugins stand in plugin-units.ts. Pure.
//
// The agent's unit takes every protection it can. The actuator's must not: sudo does not work under NoNewPrivileges, and for a unit
// with User= each of DynamicUser, PrivateDevices, ProtectKernel*, ProtectClock, ProtectHostname, RestrictAddressFamilies,
// RestrictNamespaces, RestrictRealtime, RestrictSUIDSGID, LockPersonality, MemoryDenyWriteExecute and SystemCall* implies it
// (systemd.exec(5)). Its protection is to have no network, few lines of code and exact sudoers lines.
import { ACTUATOR_USER } from "../actuator/sudoers.ts";
import { JOURNAL_SOCKET_UNIT, journalUnits } from "./journal-units.ts";
import { folderOf, plainPathOf } from "./plain-path.ts";

/** The group whose members may connect to the actuator's socket: the agent. */
export const SOCKET_GROUP = "countersign";
/**
 * The agent's own user. It is a static one: where `DynamicUser=` has to make it up, dbus-daemon cannot name it and ends its
 * connection, so `systemctl show` would see nothing (measured on Debian 12, with libnss-systemd there). `DynamicUser=yes` stays for the
 * sandbox it implies; systemd uses the static user of that name then (systemd.exec(5)).
 */
export const AGENT_USER = "countersign-agent";
export const AGENT_UNIT = "countersign-agent.service";
export const ACTUATOR_UNIT = "countersign-actuator.service";
export const ACTUATOR_SOCKET = "countersign-actuator.socket";

/** Options that imply NoNewPrivileges and so may never stand in the actuator's unit. */
export const IMPLIES_NO_NEW_PRIVILEGES =
  /^(?:NoNewPrivileges|DynamicUser|PrivateDevices|ProtectKernel\w*|ProtectClock|ProtectHostname|Restrict(?:AddressFamilies|Namespaces|Realtime|SUIDSGID)|LockPersonality|MemoryDenyWriteExecute|SystemCall\w*)=/m;

/** The agent and the actuator without the other commands; they lie beside the host command, which carries them. */
export const AGENT_ALONE = "agent-alone.mjs";
export const ACTUATOR_ALONE = "actuator-alone.mjs";

/** Small young generation: both live on little, and what V8 takes in one burst it keeps (measured: 3 MB of private memory). */
const NODE_FLAGS = "--max-semi-space-size=1";
/** No code is compiled to be fast: it waits nearly always (measured: 3 MB of private memory). The actuator verifies signatures in its own code. */
const AGENT_FLAGS = `${NODE_FLAGS} --lite-mode`;
/**
 * One arena of malloc's for all of Node's threads, which hardly allocate (measured: 3 MB of private memory), and what the compiler has freed goes
 * back to the kernel (2 MB).
 */
const SMALL_MALLOC = "Environment=MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536";

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** What stands in a unit as it is, without quotes. */
export const PLAIN_FOLDER = /^[A-Za-z0-9_./@+-]+$/;

/** Folders that the agent's unit closes as a whole. */
export const SEALED_FOLDERS = ["/home", "/root", "/run/user"];

/**
 * Writes the unit files for a Node binary and an agent bundle at these paths. `watched` are the paths of the catalogue's evidence: the
 * agent sees the folders of those that lie in a home, read-only and with its own rights, and nothing else there.
 */
export function renderUnits(
  program: { readonly node: string; readonly agent: string },
  watched: readonly string[] = [],
): readonly UnitFile[] {
  const { agent, node } = program;
  const command = `${node} ${NODE_FLAGS} ${agent}`;
  const folder = agent.slice(0, agent.lastIndexOf("/"));
  return [
    {
      name: AGENT_UNIT,
      text: agentUnit(`${node} ${AGENT_FLAGS} ${folder}/${AGENT_ALONE}`, homeLines(watched)),
    },
    { name: ACTUATOR_SOCKET, text: actuatorSocket() },
    { name: ACTUATOR_UNIT, text: actuatorUnit(`${node} ${NODE_FLAGS} ${folder}/${ACTUATOR_ALONE}`) },
    ...journalUnits(command, AGENT_USER),
  ];
}

function homeLines(watched: readonly string[]): string {
  const folders = watched
    .map(plainPathOf)
    .filter((path) => SEALED_FOLDERS.some((sealed) => path.startsWith(`${sealed}/`)))
    .map(folderOf)
    // Others would need quoting in a unit: they stay closed, and the agent says so.
    .filter((folder) => PLAIN_FOLDER.test(folder));
  const opened = [...new Set(folders)].sort().map((folder) => `BindReadOnlyPaths=-${folder}`);
  return opened.length === 0 ? "ProtectHome=yes" : ["ProtectHome=tmpfs", ...opened].join("\n");
}

function agentUnit(command: string, home: string): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign agent (network side)
Wants=${ACTUATOR_SOCKET} ${JOURNAL_SOCKET_UNIT}
After=network.target ${ACTUATOR_SOCKET} ${JOURNAL_SOCKET_UNIT}
ConditionPathExists=/var/lib/countersign-agent/identity.json
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command} run
${SMALL_MALLOC}
Restart=always
RestartSec=2s
# EX_CONFIG: it cannot work until a person changes something.
RestartPreventExitStatus=78
TimeoutStartSec=30s
TimeoutStopSec=5s
# Its own loop says that it lives: one that is stuck is ended and started anew.
WatchdogSec=3min
# A memory image would hold the host's key.
LimitCORE=0

DynamicUser=yes
User=${AGENT_USER}
# Only this group may connect to the actuator's socket.
SupplementaryGroups=${SOCKET_GROUP}
StateDirectory=countersign-agent
StateDirectoryMode=0700
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
${home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# No ProcSubset=pid: it would hide /proc/meminfo and pressure. No MemoryDenyWriteExecute: V8 compiles at run time.
InaccessiblePaths=-/var/lib/countersign-actuator
MemoryMax=256M
TasksMax=64
# Memory that runs out ends what asked for too much, a tool that was called, and the agent last.
OOMPolicy=continue
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;
}

function actuatorSocket(): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign actuator's socket

[Socket]
ListenStream=/run/countersign/actuator.sock
SocketUser=${ACTUATOR_USER}
SocketGroup=${SOCKET_GROUP}
SocketMode=0660
DirectoryMode=0755
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`;
}

function actuatorUnit(command: string): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign actuator (privilege side)
Requires=${ACTUATOR_SOCKET}
After=${ACTUATOR_SOCKET}
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${command} actuator
${SMALL_MALLOC}
User=${ACTUATOR_USER}
Group=${ACTUATOR_USER}
StateDirectory=countersign-actuator
StateDirectoryMode=0700
UMask=0077
# A stop waits for what runs, so that it is reported as what it was.
KillMode=mixed
TimeoutStopSec=90s

# Nothing here may imply NoNewPrivileges: sudo would stop to work.
# What sudo needs to become root and to look root up; systemctl only asks systemd, which needs none.
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_AUDIT_WRITE CAP_SYS_RESOURCE CAP_DAC_READ_SEARCH
PrivateNetwork=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectControlGroups=yes
InaccessiblePaths=-/var/lib/private/countersign-agent
MemoryMax=256M
TasksMax=64
# An action that grows is ended, and its outcome still told.
OOMPolicy=continue
`;
}
