// The version of what is installed on a host: agent, actuator and host command are one build. Pure.

/** Equals the workspace's package.json (test/agent/agent-commands.test.ts). */
export const AGENT_VERSION = "0.1.0";
