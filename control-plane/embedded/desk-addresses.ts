// Where the embedded desk listens, and which address people open: this machine alone unless --lan, --listen or --public-url
// say otherwise. What a reader would get wrong: people on this machine get `localhost`, which browsers treat as secure,
// though the desk listens on 127.0.0.1; and an address that only this machine can open is never put into a QR code.
import { connect } from "node:net";
import type { networkInterfaces } from "node:os";
import { parsePublicUrl } from "../src/public-url.ts";
import { Refusal } from "./refusal.ts";
import type { StartOptions } from "./start-options.ts";
import type { Listen } from "./workerd-messages.ts";

const LOOPBACK = "127.0.0.1";
const PRIVATE = /^(?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.)/;
/** Networks that software made for itself: no phone is in them. */
const OWN_INTERFACE = /^(?:docker|br-|veth|virbr|tun|tap|wg|zt|tailscale|ve-|vb-|cali|flannel)/;
const PROBE_TIMEOUT_MS = 300;

/** What is listened on beside the first address, and what people open once the port is known. */
export interface DeskAddresses {
  readonly also: readonly Listen[];
  readonly publicUrlAt: (port: number) => string;
  /** whether another device can open it */
  readonly reach: "this machine" | "this network" | "as you said";
}

/** Refuses, with what to do, what cannot be meant. */
export function deskAddressesOf(
  options: Pick<StartOptions, "listen" | "lan" | "publicUrl">,
  interfaces: ReturnType<typeof networkInterfaces>,
): DeskAddresses {
  const { listen, publicUrl } = options;
  const lan = options.lan === true ? lanAddressOf(interfaces) : null;
  const also =
    lan === null || lan === listen || isEveryAddress(listen) ? [] : [{ host: lan, port: 0, peer: null }];
  if (publicUrl !== undefined) {
    const parsed = parsePublicUrl(publicUrl);
    if (!parsed.ok)
      throw new Refusal(
        `--public-url ${publicUrl} cannot be where people reach the desk: give its whole address, such as https://desk.your-domain.net.`,
      );
    const reach = isOwn(new URL(parsed.value).hostname) ? "this machine" : "as you said";
    return { also, publicUrlAt: () => parsed.value, reach };
  }
  if (lan !== null) return { also, publicUrlAt: (port) => `http://${lan}:${port}`, reach: "this network" };
  if (listen === LOOPBACK)
    return { also, publicUrlAt: (port) => `http://localhost:${port}`, reach: "this machine" };
  if (isEveryAddress(listen)) {
    const own = findLanAddress(interfaces);
    const host = own ?? "localhost";
    return {
      also,
      publicUrlAt: (port) => `http://${host}:${port}`,
      reach: own === null ? "this machine" : "this network",
    };
  }
  const host = listen.includes(":") ? `[${listen}]` : listen;
  return {
    also,
    publicUrlAt: (port) => `http://${host}:${port}`,
    reach: isOwn(host) ? "this machine" : "this network",
  };
}

function isOwn(host: string): boolean {
  return host === "[::1]" || host === "localhost" || host.startsWith("127.");
}

/** Says whether something listens on `localhost` by its other address: a browser might be led there, with a sign-in link. */
export function isLocalhostTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "::1", port, timeout: PROBE_TIMEOUT_MS });
    const end = (isTaken: boolean) => () => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

/** Says whether it stands for all addresses of the machine. */
function isEveryAddress(listen: string): boolean {
  return listen === "0.0.0.0" || listen === "::";
}

function lanAddressOf(interfaces: ReturnType<typeof networkInterfaces>): string {
  const found = findLanAddress(interfaces);
  if (found === null)
    throw new Refusal(
      "--lan: this machine has no address in a private network (10.…, 172.16–31.…, 192.168.…). Where it has another one that is meant, say --listen ADDRESS.",
    );
  return found;
}

/** null: none that a phone in the same network could open. */
function findLanAddress(interfaces: ReturnType<typeof networkInterfaces>): string | null {
  const found = Object.entries(interfaces)
    .filter(([name]) => !OWN_INTERFACE.test(name))
    .flatMap(([, addresses = []]) => addresses)
    .find(({ address, family, internal }) => family === "IPv4" && !internal && PRIVATE.test(address));
  return found?.address ?? null;
}
