// AI agents and process managers that install themselves, by the names they give their units, and the files they keep. Pure data, each with its source;
// read in public repositories in November 2026. What a reader would get wrong: these are defaults, and what the host shows goes before them.

export interface KnownAgent {
  readonly title: string;
  readonly unit: RegExp;
  /** the kernel's name of its process */
  readonly process: RegExp | null;
  /** asked before the usual ones */
  readonly healthPaths: readonly string[];
  /** what a person should know before a restart is asked for */
  readonly words: string;
}

export const KNOWN_AGENTS: readonly KnownAgent[] = [
  {
    // openclaw/openclaw: its folder src/daemon; docs.openclaw.ai/platforms/linux (openclaw-gateway[-PROFILE].service, a user unit, port 18789);
    // /healthz needs no token and tells liveness alone (pull requests 33518, 116639); start-up of minutes (issue 119958); exit 78 (issue 80696)
    title: "OpenClaw gateway",
    unit: /^openclaw-gateway(?:-[a-z0-9_-]+)?\.service$/,
    process: /^openclaw/,
    healthPaths: ["/healthz"],
    words:
      "OpenClaw: its unit restarts by itself (Restart=always, 5 s), not after exit 78, which is a wrong configuration. A start may take minutes: its port is closed until then.",
  },
  {
    // NousResearch/hermes-agent: hermes_cli/gateway.py (hermes-gateway[-PROFILE].service, a user unit by default; issues 54603, 43748); Restart=on-failure, exit
    // code 75 asks for a restart (issue 8260); the API server on 127.0.0.1:8642 is off by default (website/docs/user-guide/features/api-server.md)
    title: "Hermes Agent gateway",
    unit: /^hermes-(?:gateway(?:-[a-z0-9_-]+)?|[a-z0-9_-]+-gateway)\.service$/,
    process: /^hermes/,
    healthPaths: ["/health"],
    words:
      "Hermes: its unit restarts on failure; a graceful restart of its own ends with exit 75. It has a port only where its API server is switched on (8642).",
  },
  {
    // Unitech/pm2: lib/templates/init-scripts/systemd.tpl (pm2-USER.service, Type=forking, PIDFile in PM2_HOME, ExecStart=pm2 resurrect)
    title: "pm2",
    unit: /^pm2-[a-z0-9_-]+\.service$/,
    process: /^PM2 v/,
    healthPaths: [],
    words:
      "pm2: a restart of the unit restarts all of its applications, as `pm2 save` left them. pm2 itself restarts one that dies, so the unit stays active while one loops.",
  },
];

/** The known agent whose unit this is. */
export function knownAgentOf(unit: string): KnownAgent | null {
  return KNOWN_AGENTS.find((known) => known.unit.test(unit)) ?? null;
}

export interface KnownFile {
  readonly kind: string;
  /** below the home; `*` stands for one folder */
  readonly path: string;
  readonly role: "credential" | "config";
  /** which known agent it belongs to; null: to whatever its user runs */
  readonly agent: string | null;
}

/** Files whose place tells what they are; docs/evidence.md lists what of them can be read. Credentials here renew themselves. */
export const KNOWN_HOME_FILES: readonly KnownFile[] = [
  { kind: "openclaw", path: ".openclaw/openclaw.json", role: "config", agent: "OpenClaw gateway" },
  {
    kind: "openclaw-auth",
    path: ".openclaw/agents/*/agent/auth-profiles.json",
    role: "credential",
    agent: "OpenClaw gateway",
  },
  { kind: "hermes", path: ".hermes/config.yaml", role: "config", agent: "Hermes Agent gateway" },
  { kind: "hermes-auth", path: ".hermes/auth.json", role: "credential", agent: "Hermes Agent gateway" },
  { kind: "claude", path: ".claude/.credentials.json", role: "credential", agent: null },
  { kind: "codex", path: ".codex/auth.json", role: "credential", agent: null },
  { kind: "gemini", path: ".gemini/oauth_creds.json", role: "credential", agent: null },
];
