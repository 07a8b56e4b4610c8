// Where the cgroup of a user's unit is, as long as nobody has told: where systemd puts services that say nothing else. Pure.
import type { ServiceSpec } from "@countersign/shared/host/catalogue";

/** Null: nothing can be guessed, as of containers, whose number only their engine knows. `passwd`: text of /etc/passwd. */
export function guessedCgroupOf(
  { manager, unit, user }: Pick<ServiceSpec, "manager" | "unit" | "user">,
  passwd: () => string,
): string | null {
  if (manager !== "user" || unit === undefined || user === undefined) return null;
  const line = passwd()
    .split("\n")
    .find((entry) => entry.startsWith(`${user}:`));
  const uid = line?.split(":")[2] ?? "";
  return /^[0-9]+$/.test(uid) ? `/user.slice/user-${uid}.slice/user@${uid}.service/app.slice/${unit}` : null;
}
