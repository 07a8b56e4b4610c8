// The part of `doctor` that asks whether systemd keeps a journal at all: without one a failure has no last words. Reads only.
import { access } from "node:fs/promises";
import { KEEP_JOURNAL } from "@countersign/shared/host/mend";
import type { Examiner } from "./examiner.ts";
import { well, wrong } from "./finding.ts";

const FOLDERS = ["/var/log/journal", "/run/log/journal"];

export const journalExaminer: Examiner = {
  name: "journal",
  eyes: "anyone",
  isOfInstalled: true,
  examine: async ({ catalogue }) => {
    const isShown = catalogue.services.some(
      ({ lastWords, unit }) => unit !== undefined && lastWords !== false,
    );
    if (!isShown) return [];
    const there = await Promise.all(
      FOLDERS.map((folder) =>
        access(folder).then(
          () => true,
          () => false,
        ),
      ),
    );
    return there.includes(true)
      ? [well("journal", "systemd keeps one")]
      : [wrong("journal", "systemd keeps none, so nobody sees the last words of what fails", KEEP_JOURNAL)];
  },
};
