// The types of command-bundle.mjs, for its tests.
/** The path of the bundle of an entry, built anew where there is none of these sources. */
export function bundleOf(options: {
  readonly root: string;
  /** below `root` */
  readonly entry: string;
  /** holds the bundles */
  readonly folder: string;
  /** what else decides what is in a bundle */
  readonly salt: string;
}): Promise<{ readonly path: string; readonly isNew: boolean }>;
