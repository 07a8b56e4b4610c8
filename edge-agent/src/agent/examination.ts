// Has doctor look at this host from time to time and tells the desk what it found: at the agent's start, once a day, once an hour while
// something is wrong, and when root's doctor has looked. The looking is a child that exits: this process stays small. Not pure.
// What a reader would get wrong: what only root can see comes from root alone, by the control socket. It is kept on disk, and stands until
// root looks again or these eyes have judged the same; of what nobody looked at for that reason nothing is told.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { type ExaminedFinding, ExaminedFindings } from "@countersign/shared/wire/examined";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import { boundedFindings } from "../core/connection/examined-findings.ts";
import { writeDurably } from "../durable-file.ts";
import { describeFailure } from "../failure.ts";
import type { SendMessage } from "./connection.ts";
import type { OnRefused } from "./dialled-socket.ts";
import type { Log } from "./log.ts";

/** The first look waits until what starts with the host has started. */
const FIRST_MS = 20_000;
const DAILY_MS = 24 * 3_600_000;
const WHILE_WRONG_MS = 3_600_000;
/** Several tellings of root's at once are one look. */
const SOON_MS = 100;
const CHILD_TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

export interface ExaminationOptions {
  /** what starts doctor with the agent's eyes; null: nobody looks, and only what root found is told */
  readonly argv: readonly string[] | null;
  /** where root's findings are kept; null: nowhere */
  readonly rootFindings: string | null;
  readonly send: SendMessage;
  readonly log: Log;
}

export interface Examination {
  /** Takes in what root's doctor found, and looks again. */
  readonly takeRoots: (findings: readonly ExaminedFinding[]) => void;
  /** Tells it anew: the control plane may be another one. */
  readonly onWelcome: () => void;
  readonly stop: () => void;
}

type Findings = readonly ExaminedFinding[];

/** What these eyes made of the host. */
interface OwnLook {
  readonly findings: Findings;
  /** what they could judge, right or wrong: of that root's older word counts no more */
  readonly judged: ReadonlySet<string>;
}

/** Starts to look. */
export function startExamination({ argv, log, rootFindings, send }: ExaminationOptions): Examination {
  let roots: Findings = [];
  let own: OwnLook | null = null;
  let examinedAt = 0;
  let told: string | null = null;
  let isRefused = false;
  let isLooking = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const tell = (isForced: boolean) => {
    if (own === null || isStopped || isRefused) return;
    const findings = toldOf(roots, own);
    const text = JSON.stringify(findings);
    if (text === told && !isForced) return;
    const message = { version: PROTOCOL_VERSION, type: "examined", at: examinedAt, findings } as const;
    // What an older control plane refuses is told to it no more on this connection.
    const onRefused: OnRefused = (reason) => {
      isRefused = reason === "message-unknown";
    };
    if (send(message, onRefused)) told = text;
  };
  const later = (delayMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), delayMs);
    timer.unref();
  };
  const look = async () => {
    if (isLooking) return later(SOON_MS);
    isLooking = true;
    const found = argv === null ? NOTHING_JUDGED : await runDoctor(argv);
    isLooking = false;
    if (isStopped) return;
    if (found === null)
      log.state(
        "warning",
        "examination",
        "The look at this host itself failed; it is tried again in an hour.",
      );
    else {
      log.recovered("examination", "This host can be looked at again.");
      own = found;
      examinedAt = Date.now();
      tell(true);
    }
    const isWrong = [...roots, ...(found?.findings ?? [])].some(({ status }) => status === "wrong");
    later(found === null || isWrong ? WHILE_WRONG_MS : DAILY_MS);
  };
  if (rootFindings !== null)
    void readKept(rootFindings).then((kept) => {
      if (roots.length === 0) roots = kept;
    });
  if (argv !== null) later(FIRST_MS);

  return {
    takeRoots: (findings) => {
      roots = findings;
      if (rootFindings !== null)
        void writeDurably(rootFindings, `${JSON.stringify(findings)}\n`, 0o600).catch((error: unknown) =>
          log.state("warning", "examination", describeFailure(error)),
        );
      later(SOON_MS);
    },
    onWelcome: () => {
      isRefused = false;
      tell(true);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** What is told of both: of what these eyes have judged, their word alone. */
function toldOf(roots: Findings, { findings, judged }: OwnLook): ExaminedFinding[] {
  return [...boundedFindings([...roots.filter((finding) => !judged.has(keyOf(finding))), ...findings])];
}

async function readKept(path: string): Promise<Findings> {
  try {
    return ExaminedFindings.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? [];
  } catch {
    return [];
  }
}

/** What it found that is told; null: it did not say. */
function runDoctor([program = "", ...args]: readonly string[]): Promise<OwnLook | null> {
  return new Promise((resolve) => {
    const limits = { timeout: CHILD_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: OUTPUT_BYTES_MAX } as const;
    execFile(program, args, limits, (_ended, stdout) => resolve(lookIn(stdout)));
  });
}

const NOTHING_JUDGED: OwnLook = { findings: [], judged: new Set() };

function lookIn(text: string): OwnLook | null {
  try {
    const { findings: printed } = JSON.parse(text) as {
      findings: (Omit<ExaminedFinding, "status"> & Told)[];
    };
    const toTell = printed.flatMap(({ check, detail, isWatched, mend, service, status }) =>
      status === "ok" || isWatched === true ? [] : [{ check, service, status, detail, mend }],
    );
    const findings = ExaminedFindings.safeParse(boundedFindings(toTell)).data;
    const judged = new Set(printed.filter(({ status }) => status !== "unknown").map(keyOf));
    return findings === undefined ? null : { findings, judged };
  } catch {
    return null;
  }
}

/** By what two looks at the same thing are known to be that. */
function keyOf({ check, service }: Pick<ExaminedFinding, "check" | "service">): string {
  return JSON.stringify([check, service]);
}

/** As doctor prints a finding (commands/doctor/finding.ts). */
interface Told {
  readonly status: "ok" | ExaminedFinding["status"];
  readonly isWatched?: boolean;
}
