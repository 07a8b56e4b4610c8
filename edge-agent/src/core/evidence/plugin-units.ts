// The systemd units by which plugins run: for each plugin check of the catalogue a socket that only the agent may open, and
// what systemd starts for each connection to it. A connection carries nothing to the plugin: which socket it is, is the
// whole request. Pure.
//
// The services take nothing of the sandbox that needs a mount namespace (ProtectSystem=, ProtectHome=, Private…, Protect…):
// a plugin is to judge the machine's own file systems, and in a namespace even /proc/mounts is another one. What holds it is
// its own user.
import { type Catalogue, type CheckSpec, watchedPathsOf } from "@countersign/shared/host/catalogue";
import { sha256Hex } from "@countersign/shared/values/digest";
import { PLUGIN_END_MARK } from "./plugin-stream.ts";
import { AGENT_USER, renderUnits, type UnitFile } from "./systemd-units.ts";

/** The user of all plugins: not the agent's, so that none of them can read the agent's key. */
export const PLUGIN_USER = "countersign-plugins";

export const PLUGIN_SLICE = "countersign-plugins.slice";
/** Where their sockets are, and meanwhile what they write to stderr; root's. */
export const PLUGIN_FOLDER = "/run/countersign/plugins";
/** The names of their units, by which those of checks that are gone are found. */
export const PLUGIN_UNIT_PATTERN = /^countersign-plugin-[a-z0-9.-]+(?:\.socket|@\.service)$/;

/**
 * What one run of a plugin may use. The program's data is bounded for itself: on cgroup v1 systemd's MemoryMax= may bound
 * nothing.
 */
export const PLUGIN_MEMORY_MAX = "256M";
/** Node itself asks for 600 MB at its start, and fills little of it. */
export const PLUGIN_DATA_BYTES_MAX = 1024 * 1024 * 1024;
/** The search path of plugins, the same in both modes. */
export const PLUGIN_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
/** As much of its stderr is passed on. */
export const PLUGIN_ERRORS_BYTES_MAX = 64 * 1024;

export type PluginCheck = Extract<CheckSpec, { kind: "plugin" }>;

/** One plugin check, with the service it belongs to. */
export interface DeclaredPlugin {
  readonly service: string;
  readonly check: PluginCheck;
}

export interface PluginPlace {
  readonly unit: string;
  readonly socket: string;
  readonly errors: string;
}

/** The plugin checks of a catalogue, in its order. */
export function pluginsOf({ services }: Catalogue): readonly DeclaredPlugin[] {
  return services.flatMap(({ name, checks }) =>
    checks.flatMap((check) => (check.kind === "plugin" ? [{ service: name, check }] : [])),
  );
}

/**
 * Where a plugin is started. The socket is named by all that decides what runs, so that an agent that knows a newer
 * catalogue than the installed units finds no socket, and never the old command under the new name.
 */
export function placeOf({ service, check }: DeclaredPlugin): PluginPlace {
  const digest = sha256Hex(JSON.stringify([service, check.name, check.argv, check.timeout])).slice(0, 16);
  return {
    unit: `countersign-plugin-${service}.${check.name}`,
    socket: `${PLUGIN_FOLDER}/${digest}.sock`,
    errors: `${PLUGIN_FOLDER}/${digest}.err`,
  };
}

/** All unit files of a host with this catalogue. */
export function renderHostUnits(
  program: { readonly node: string; readonly agent: string },
  catalogue: Catalogue,
): readonly UnitFile[] {
  return [...renderUnits(program, watchedPathsOf(catalogue)), ...renderPluginUnits(catalogue)];
}

/** The unit files of all plugins of a catalogue; none where it names no plugin. */
export function renderPluginUnits(catalogue: Catalogue): readonly UnitFile[] {
  const plugins = pluginsOf(catalogue);
  if (plugins.length === 0) return [];
  return [
    { name: PLUGIN_SLICE, text: SLICE },
    ...plugins.flatMap((plugin) => {
      const { unit } = placeOf(plugin);
      return [
        { name: `${unit}.socket`, text: socketOf(plugin) },
        { name: `${unit}@.service`, text: serviceOf(plugin) },
      ];
    }),
  ];
}

/** A word of a command line in a unit, whatever it holds: no specifier, no escape, no end of the quotes. */
export function quoteWord(word: string): string {
  const quoted = word
    .replaceAll(/[\\"]/g, "\\$&")
    .replaceAll("%", "%%")
    .replaceAll(/\p{Cc}/gu, (character) =>
      [...new TextEncoder().encode(character)]
        .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
        .join(""),
    );
  return `"${quoted}"`;
}

const SLICE = `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign plugins

[Slice]
# All of them together; the agent is not in here.
MemoryMax=50%
TasksMax=1024
CPUWeight=50
`;

function socketOf(plugin: DeclaredPlugin): string {
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign plugin ${plugin.check.name} of ${plugin.service}

[Socket]
ListenStream=${placeOf(plugin).socket}
Accept=yes
SocketUser=${AGENT_USER}
SocketMode=0600
DirectoryMode=0755
RemoveOnStop=yes
# One that runs, and the end of the one before.
MaxConnections=2
# A check runs at most five times a second. Beyond the limit systemd closes the socket, until install opens it again.
TriggerLimitIntervalSec=10s
TriggerLimitBurst=200

[Install]
WantedBy=sockets.target
`;
}

// Each Exec line opens stderr anew, so it is appended to, and what is left of the run before is removed first. The lines of
// root (+) name files of a folder that only root may write.
function serviceOf(plugin: DeclaredPlugin): string {
  const { errors } = placeOf(plugin);
  const { argv, timeout } = plugin.check;
  return `# Made by \`countersign-agent install\`.
[Unit]
Description=Countersign plugin ${plugin.check.name} of ${plugin.service}
CollectMode=inactive-or-failed

[Service]
Type=exec
Slice=${PLUGIN_SLICE}
ExecStartPre=-+/bin/rm -f ${errors}
ExecStart=:${argv.map(quoteWord).join(" ")}
ExecStopPost=-+/usr/bin/head --verbose --bytes=${PLUGIN_ERRORS_BYTES_MAX} ${errors}
ExecStopPost=-/usr/bin/printf "\\\\n%%s %%s %%s ${PLUGIN_END_MARK}\\\\n" "\${EXIT_CODE}" "\${EXIT_STATUS}" "\${SERVICE_RESULT}"
StandardInput=null
StandardOutput=socket
StandardError=append:${errors}
WorkingDirectory=/
Environment=PATH=${PLUGIN_PATH} LC_ALL=C
User=${PLUGIN_USER}
UMask=0077
# Nothing that it runs gains a privilege. No empty CapabilityBoundingSet=: it would keep ping from being started at all.
NoNewPrivileges=yes
RuntimeMaxSec=${timeout}ms
# What it has started ends with it, and nothing can ask for more time.
KillSignal=SIGKILL
TimeoutStopSec=30s
# These ends are verdicts, not failures of a unit.
SuccessExitStatus=1 2 3
LogLevelMax=warning
MemoryMax=${PLUGIN_MEMORY_MAX}
MemorySwapMax=0
OOMPolicy=kill
OOMScoreAdjust=500
TasksMax=64
LimitDATA=${PLUGIN_DATA_BYTES_MAX}
LimitFSIZE=8M
LimitCORE=0
`;
}
