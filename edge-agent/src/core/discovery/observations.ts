// What `discover` sees of a host, as plain values: readers fill them, everything after that is pure. They hold names, states and paths, and
// never what a file or a command line contains.
// Pure types.

/** Whose systemd a unit belongs to: the machine's (null), or that of the named user. */
export type UnitOwner = string | null;

/** A unit as `systemctl show` tells it. */
export interface FoundUnit {
  readonly unit: string;
  readonly owner: UnitOwner;
  readonly description: string;
  /** active, inactive, failed, … */
  readonly activeState: string;
  /** enabled, disabled, static, generated, transient, … */
  readonly fileState: string;
  /** empty: it has no file of its own */
  readonly path: string;
  readonly type: string;
  /** no, always, on-failure, … */
  readonly restart: string;
  readonly restartMs: number | null;
  readonly startLimitBurst: number | null;
  /** 0: no limit */
  readonly startLimitMs: number | null;
  /** how long its start and its stop may take; null: for ever */
  readonly startMs: number | null;
  readonly stopMs: number | null;
  readonly mainPid: number;
  /** as whom its processes run; empty: as root, or as its owner */
  readonly user: string;
  /** the program it starts, without its arguments */
  readonly program: string;
  readonly triggeredBy: readonly string[];
}

export interface FoundContainer {
  /** null: only its cgroup was seen */
  readonly name: string | null;
  readonly id: string;
  readonly engine: "docker" | "podman";
  readonly image: string;
  /** ports of this host that lead to it */
  readonly ports: readonly number[];
}

/** Who holds a port or runs a process: a unit of a systemd, or a container; null: not known. */
export type Holder =
  | { readonly kind: "unit"; readonly owner: UnitOwner; readonly unit: string }
  | { readonly kind: "container"; readonly id: string }
  | null;

export interface FoundPort {
  readonly port: number;
  /** `other`: an address that is neither loopback nor all of them; nothing is asked there */
  readonly reach: "loopback" | "all" | "other";
  readonly holder: Holder;
  /** the path that answered 200 on 127.0.0.1; null: none did, or none was asked */
  readonly healthPath: string | null;
  /** names of counters that its /metrics tells */
  readonly counters: readonly string[];
}

/** A process that is told by its name: the kernel's 15 characters of it. */
export interface NamedProcess {
  readonly name: string;
  readonly user: string;
  readonly holder: Holder;
}

/** A file that is known by where it lies. */
export interface FoundFile {
  readonly kind: string;
  readonly path: string;
  /** whose home it lies in; null: in none */
  readonly user: string | null;
  /** whether everybody may look for it, as the modes of its folders say */
  readonly isVisible: boolean;
}

export interface Observations {
  readonly units: readonly FoundUnit[];
  readonly containers: readonly FoundContainer[];
  readonly ports: readonly FoundPort[];
  readonly processes: readonly NamedProcess[];
  readonly files: readonly FoundFile[];
  /** what could not be seen, in words */
  readonly unseen: readonly string[];
}
