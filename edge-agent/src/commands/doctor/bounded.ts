// The bounds of an examination: each examiner has its time, and all of them together have theirs. What has not ended by then is a finding
// `unknown`, and the rest is told as it is. So doctor ends, whatever hangs on this host. Not pure.
// What a reader would get wrong: a look that did not end goes on behind; whoever ends this process ends it.
import { LOOK_AS_ROOT } from "@countersign/shared/host/mend";
import { formatDuration } from "@countersign/shared/values/duration";
import { type Finding, unknown } from "./finding.ts";

export interface BoundedLook {
  readonly name: string;
  readonly look: () => Promise<readonly Finding[]>;
}

export interface Bounds {
  readonly eachMs: number;
  readonly allMs: number;
}

/** With less than this nothing is looked at any more. A timer may also fire a millisecond early. */
const LOOK_MIN_MS = 5;

/** The findings of all looks, one after the other; one that throws could not be seen either. */
export async function lookWithin(looks: readonly BoundedLook[], bounds: Bounds): Promise<readonly Finding[]> {
  const endsAt = performance.now() + bounds.allMs;
  const findings: Finding[] = [];
  for (const { look, name } of looks) {
    const leftMs = Math.round(Math.min(bounds.eachMs, endsAt - performance.now()));
    const check = `look: ${name}`;
    if (leftMs < LOOK_MIN_MS) {
      const detail = "there was no time left to look: something before it hangs, or this host is very busy";
      findings.push(unknown(check, detail, LOOK_AS_ROOT));
      continue;
    }
    findings.push(...(await oneWithin(look, { check, limitMs: leftMs })));
  }
  return findings;
}

async function oneWithin(
  look: BoundedLook["look"],
  { check, limitMs }: { readonly check: string; readonly limitMs: number },
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const detail = `it did not end within ${formatDuration(limitMs)}: what it asks hangs, or this host is very busy`;
    timer = setTimeout(() => resolve([unknown(check, detail, LOOK_AS_ROOT)]), limitMs);
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return [unknown(check, `it failed: ${error instanceof Error ? error.message : String(error)}`)];
  } finally {
    clearTimeout(timer);
  }
}
