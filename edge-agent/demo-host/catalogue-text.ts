// The catalogues of the two kinds of demo host. They are written as a person would write them, and read by the same loader.

/** TCP port of the demo service inside a systemd machine: also the port of the control plane's second opinion. */
export const MACHINE_SERVICE_PORT = 8080;

/** A unit, restarted through sudo by one exact line. */
export const MACHINE_CATALOGUE = `version: 1
probePort: ${MACHINE_SERVICE_PORT}
services:
  - name: demo
    title: Demo service
    unit: demo.service
    checks:
      - { name: unit, kind: unit, every: 1s, timeout: 1s }
      - { name: answers, kind: http, every: 1s, timeout: 1s, url: "http://127.0.0.1:${MACHINE_SERVICE_PORT}/health" }
    actions:
      - { name: restart, kind: systemctl, verb: restart, level: 4, timeout: 20s }
`;

/** A daemon of the current user, restarted by an exact argv. JSON is YAML, and spares escaping paths. */
export function processCatalogue(service: {
  readonly port: number;
  readonly pidFile: string;
  readonly restart: readonly string[];
}): string {
  const pace = { every: "1s", timeout: "1s" };
  return JSON.stringify(
    {
      version: 1,
      // No probe port: on this machine a port would answer for any dead agent.
      probePort: null,
      services: [
        {
          name: "demo",
          title: "Demo service",
          pidFile: service.pidFile,
          checks: [
            { name: "process", kind: "unit", ...pace },
            { name: "answers", kind: "http", ...pace, url: `http://127.0.0.1:${service.port}/health` },
          ],
          actions: [{ name: "restart", kind: "exec", argv: service.restart, level: 4, timeout: "20s" }],
        },
      ],
    },
    null,
    2,
  );
}
