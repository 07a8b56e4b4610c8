// Which of the paths that a catalogue names the agent could never see, because its unit closes or replaces what they lie in:
// they are refused when a catalogue is checked or installed, and shown by doctor. Only for an installed host; without
// systemd nothing is hidden. Pure.
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { folderOf, plainPathOf } from "./plain-path.ts";
import { PLAIN_FOLDER, SEALED_FOLDERS } from "./systemd-units.ts";

export interface HiddenPath {
  /** the keys that lead to it in the catalogue */
  readonly at: readonly (string | number)[];
  readonly path: string;
  /** why it is hidden and what to do, as the end of a sentence */
  readonly why: string;
}

type NamedPath = Omit<HiddenPath, "why">;

const ELSEWHERE = "keep the file below /var/lib or /run";

/** Every path of a catalogue that is hidden from an installed agent. */
export function hiddenPathsOf({ services }: Pick<Catalogue, "services">): readonly HiddenPath[] {
  return services.flatMap((service, index) =>
    namedPathsOf(service).flatMap(({ at, path }) => {
      const why = whyHidden(path, at[0] === "pidFile");
      return why === null ? [] : [{ at: ["services", index, ...at], path, why }];
    }),
  );
}

function namedPathsOf({ pidFile, evidence }: ServiceSpec): readonly NamedPath[] {
  const own: NamedPath[] = pidFile === undefined ? [] : [{ at: ["pidFile"], path: pidFile }];
  if (evidence === undefined) return own;
  const { ledger, counters, credentials, code, config, fallbacks } = evidence;
  const named: readonly { readonly at: readonly (string | number)[]; readonly path: string | undefined }[] = [
    { at: ["ledger"], path: ledger },
    ...counters.map(({ file }, index) => ({ at: ["counters", index, "file"], path: file })),
    ...credentials.map(({ path }, index) => ({ at: ["credentials", index, "path"], path })),
    ...code.map((path, index) => ({ at: ["code", index], path })),
    ...config.map((path, index) => ({ at: ["config", index], path })),
    ...fallbacks.map(({ marker }, index) => ({ at: ["fallbacks", index, "marker"], path: marker })),
  ];
  return [
    ...own,
    ...named.flatMap(({ at, path }) => (path === undefined ? [] : [{ at: ["evidence", ...at], path }])),
  ];
}

function whyHidden(written: string, isPidFile: boolean): string | null {
  // /var/run is a link to /run, on every machine that systemd runs
  const path = plainPathOf(written).replace(/^\/var\/run(?=\/|$)/, "/run");
  const isIn = (folder: string) => path === folder || path.startsWith(`${folder}/`);
  if (isIn("/tmp") || isIn("/var/tmp"))
    return `the agent has a ${isIn("/tmp") ? "/tmp" : "/var/tmp"} of its own: ${ELSEWHERE}`;
  if (isIn("/dev") && !isIn("/dev/shm")) return `devices are closed to the agent: ${ELSEWHERE}`;
  if (isIn("/run/user"))
    return `it is made anew at each sign-in, for that user alone: keep the file below /var/lib or in the home`;
  if (isIn("/var/lib/private") || isIn("/var/lib/countersign-actuator"))
    return `only root may look in there: ${ELSEWHERE}`;
  if (!SEALED_FOLDERS.some(isIn)) return null;
  if (isPidFile) return "homes are closed to the agent: keep the pid file below /run";
  return PLAIN_FOLDER.test(folderOf(path))
    ? null
    : `of a home only folders of letters, digits and . _ @ + - can be opened to the agent: rename it, or ${ELSEWHERE}`;
}
