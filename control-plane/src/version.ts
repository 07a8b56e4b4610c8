// The version of this control plane, against which a host's agent is old or not. Pure.

/** Equals the workspace's package.json (test/unit/web/hosts/agent-age.test.ts). */
export const VERSION = "0.1.0";
