// The desk of a browser's test, reached by a name: at an address no passkey can be used.
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from "../../control-plane/embedded/control-plane.ts";

/** Starts it; its `url` is where people reach it. */
export async function startDesk(options: ControlPlaneOptions): Promise<ControlPlane> {
  const publicUrlAt = (port: number) => Promise.resolve(`http://localhost:${port}`);
  const started = await startControlPlane({ ...options, publicUrlAt });
  return { ...started, url: started.publicUrl };
}
