// The command line of `npm start`: what can be said, its defaults, and one sentence for what is not understood.
// Pure but for one look at where the project stands.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "./bundle.ts";
import { Refusal } from "./refusal.ts";

export const USAGE = `Usage: npm start -- [OPTION…]

Runs the control plane on this machine, with a demo host that has a real agent.

  --port N                port of the desk and the agents (default 8787)
  --listen ADDRESS        address to listen on (default 127.0.0.1)
  --trust-proxy           callers are a proxy of yours (Caddy, nginx): who called it is the last address of its X-Forwarded-For.
                          Without it that header is dropped: anyone can write it
  --state DIR             where state is kept between runs (default .countersign)
  --fresh                 forget the state of earlier runs
  --host systemd|process  the demo host: a real systemd machine (needs root on Debian or Ubuntu; asked for by name it installs
                          the Debian packages it needs), or an agent beside a small service of this user. Default: systemd
                          where root and systemd-nspawn are there, else process. --host none: no demo host
  --policy FILE           policy (YAML) instead of the demo's
  --profile NAME          liveness profile of the demo's policy: economy, default or fast (default fast)
  --story                 play the whole story unattended, then stop
  --json                  with --story: print one JSON summary on stdout
  --help                  this text
`;

export type HostKind = "systemd" | "process";

export interface StartOptions {
  readonly port: number;
  readonly listen: string;
  readonly isProxyTrusted: boolean;
  readonly stateDir: string;
  readonly isFresh: boolean;
  /** null: chosen by what this machine has */
  readonly host: HostKind | "none" | null;
  readonly policyFile: string | null;
  readonly profile: "economy" | "default" | "fast";
  readonly isStory: boolean;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

/** Reads the command line; refuses what it does not know, in one sentence. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const values = parse(argv);
  const port = Number(values.port ?? "8787");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Refusal(`--port takes a number from 0 to 65535, not "${values.port}".`);
  if (values.json === true && values.story !== true) throw new Refusal("--json goes with --story.");
  return {
    port,
    listen: values.listen ?? "127.0.0.1",
    isProxyTrusted: values["trust-proxy"] === true,
    stateDir: values.state ?? join(PROJECT_ROOT, ".countersign"),
    isFresh: values.fresh === true,
    host: oneOf("--host", values.host ?? null, ["systemd", "process", "none"]),
    policyFile: values.policy ?? null,
    profile: oneOf("--profile", values.profile ?? "fast", ["economy", "default", "fast"]) ?? "fast",
    isStory: values.story === true,
    isJson: values.json === true,
    isHelp: values.help === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        port: { type: "string" },
        listen: { type: "string" },
        "trust-proxy": { type: "boolean" },
        state: { type: "string" },
        fresh: { type: "boolean" },
        host: { type: "string" },
        policy: { type: "string" },
        profile: { type: "string" },
        story: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function oneOf<T extends string>(option: string, value: string | null, known: readonly T[]): T | null {
  if (value === null) return null;
  const found = known.find((word) => word === value);
  if (found === undefined) throw new Refusal(`${option} takes one of ${known.join(", ")}, not "${value}".`);
  return found;
}
