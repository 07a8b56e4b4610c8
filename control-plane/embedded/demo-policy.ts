// The policy of the demo and of the system tests: everything short enough to watch. A real fleet's defaults are in
// control-plane/src/policy/policy.ts.

/** Policy text with a liveness profile; health is proven for ten seconds instead of ten minutes. */
export function demoPolicy(profile: "economy" | "default" | "fast" = "fast"): string {
  return `version: 1
liveness: { profile: ${profile} }
checkFailing: { failuresMin: 3, held: 3s }
verify: { stability: 10s }
ladder: { observeFirst: 1s }
incident: { resolveAfter: 10s }
channels:
  terminal: { kind: terminal }
responders:
  - { id: operator, name: Operator, channels: [terminal] }
`;
}
