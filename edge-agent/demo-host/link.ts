// The network of one demo machine: a namespace of its own and a veth pair to this one, so that the machine has an address, and its
// cable can be pulled. The *inner* end is what goes down: with the outer end down its route would vanish, and a probe to the
// machine would leave through this machine's default route.
import { runCommand, tryCommand } from "./run-command.ts";

const PREFIX = "10.231";
const LINKS_MAX = 250;

export interface Link {
  readonly namespace: string;
  readonly namespacePath: string;
  /** address of this side, where the control plane listens */
  readonly gateway: string;
  /** address of the machine */
  readonly address: string;
  readonly cut: () => Promise<void>;
  readonly restore: () => Promise<void>;
}

/** Makes the namespace and the pair. Names carry the number, so that a sweep finds them. */
export async function createLink(): Promise<Link> {
  for (let number = 1; number <= LINKS_MAX; number += 1) {
    const namespace = namespaceOf(number);
    // Creating the namespace is atomic: two demo hosts at once take two numbers.
    if ((await tryCommand(["ip", "netns", "add", namespace])).code !== 0) continue;
    const [outer, inner] = [`cs${number}o`, `cs${number}i`];
    const [gateway, address] = [`${PREFIX}.${number}.1`, `${PREFIX}.${number}.2`];
    try {
      await runCommand([
        "ip",
        "link",
        "add",
        outer,
        "type",
        "veth",
        "peer",
        "name",
        inner,
        "netns",
        namespace,
      ]);
      await runCommand(["ip", "addr", "add", `${gateway}/30`, "dev", outer]);
      await runCommand(["ip", "link", "set", outer, "up"]);
      await runCommand(["ip", "-n", namespace, "addr", "add", `${address}/30`, "dev", inner]);
      await runCommand(["ip", "-n", namespace, "link", "set", inner, "up"]);
      await runCommand(["ip", "-n", namespace, "link", "set", "lo", "up"]);
    } catch (error) {
      await removeLink(namespace);
      throw error;
    }
    const set = (state: string) => async () => {
      await runCommand(["ip", "-n", namespace, "link", "set", inner, state]);
    };
    return {
      namespace,
      namespacePath: `/run/netns/${namespace}`,
      gateway,
      address,
      cut: set("down"),
      restore: set("up"),
    };
  }
  throw new Error(
    `Create a link: all ${LINKS_MAX} numbers are taken; remove old ones with "ip netns delete countersign-N"`,
  );
}

/** Removes a namespace of ours; its veth pair goes with it. */
export async function removeLink(namespace: string): Promise<void> {
  const number = /^countersign-([0-9]+)$/.exec(namespace)?.[1];
  if (number === undefined) return;
  await tryCommand(["ip", "link", "delete", `cs${number}o`]);
  await tryCommand(["ip", "netns", "delete", namespace]);
}

function namespaceOf(number: number): string {
  return `countersign-${number}`;
}
