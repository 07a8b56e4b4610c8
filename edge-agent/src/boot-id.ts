// The boot this host is in, and a clock that no one can set. Together they say how old a proposal is even after the actuator was
// started again: the clock counts from boot, the id says which boot.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { promisify } from "node:util";
import { sha256Hex } from "@countersign/shared/values/digest";
import { BootId } from "@countersign/shared/values/ids";

/** Reads the kernel's boot id; on macOS the boot session's, elsewhere one made from the instant of boot. */
export async function readBootId(): Promise<string> {
  if (process.platform === "linux")
    return BootId.parse((await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim());
  if (process.platform === "darwin") {
    const { stdout } = await promisify(execFile)("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]);
    return BootId.parse(stdout.trim().toLowerCase());
  }
  const hex = sha256Hex(`boot ${Math.round((Date.now() - uptime() * 1_000) / 60_000)}`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * When the host was booted, by its wall clock as that is now: one that was set since then makes what was written before it
 * look older or newer.
 */
export function readBootedAt(): number {
  return Date.now() - Math.round(uptime() * 1_000);
}

/**
 * Milliseconds of a clock that only counts up, comparable between processes of one boot (CLOCK_MONOTONIC, on macOS
 * mach_absolute_time). Not /proc/uptime: in a container it may start anew under the same boot id, and make an old proposal young. The
 * price: time spent suspended is not counted, so a sleeping machine keeps a proposal as young as it was; the precondition still holds.
 */
export function readMonotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
