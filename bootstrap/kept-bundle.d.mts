// The types of kept-bundle.mjs.
import type { BuildOptions } from "esbuild";

/** How the `countersign` command is made. */
export const FOR_NODE: BuildOptions;

/** The path of the bundle of an entry, built anew where there is none of these sources. */
export function bundleOf(what: {
  readonly root: string;
  /** below `root` */
  readonly entry: string;
  /** holds the bundles of this entry */
  readonly folder: string;
  /** what else decides what is in a bundle */
  readonly salt: string;
  /** of esbuild */
  readonly options: BuildOptions;
}): Promise<{ readonly path: string; readonly isNew: boolean }>;
