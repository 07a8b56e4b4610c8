// The repository's own tidiness: what the linter cannot see. Each complaint names the file and what to do.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const sources = tracked.filter(
  (path) => /\.(?:ts|tsx|mjs|js)$/.test(path) && !path.startsWith("test/planted/"),
);
const packageFiles = tracked.filter((path) => basename(path) === "package.json");
const documents = tracked.filter((path) => path.endsWith(".md"));

/** Paths that complain, with what they complain about. */
function complaints(
  paths: readonly string[],
  complaintOf: (path: string) => string | null,
): readonly string[] {
  return paths.flatMap((path) => {
    const complaint = complaintOf(path);
    return complaint === null ? [] : [`${path}: ${complaint}`];
  });
}

describe("the top level", () => {
  const wanted = [
    "package.json",
    "pnpm-workspace.yaml",
    "wrangler.toml",
    "control-plane",
    "edge-agent",
    "shared",
    "test",
    "docs",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ".ci",
  ];
  /** What the tools need, one reason each. */
  const tools: Readonly<Record<string, string>> = {
    ".editorconfig": "editors",
    ".gitignore": "git",
    ".npmrc": "npm and pnpm settings",
    ".oxfmtrc.json": "formatter",
    ".oxlintrc.json": "linter",
    LICENSE: "Apache-2.0 asks for it",
    bootstrap: "the package manager's own lockfile, and how the command is bundled",
    "bootstrap.mjs": "npm start and npm test before anything is installed",
    "knip.json": "dead code",
    "pnpm-lock.yaml": "pnpm",
    "tsconfig.base.json": "TypeScript",
    "vitest.config.ts": "Vitest",
  };

  it("has what it should have and nothing else", () => {
    const present = new Set(tracked.map((path) => path.split("/")[0] ?? path));
    expect([...present].sort()).toEqual([...wanted, ...Object.keys(tools)].sort());
  });

  it("has the one CI entry", () => {
    expect(tracked.filter((path) => path.startsWith(".ci/"))).toEqual([".ci/run"]);
  });
});

describe("source files", () => {
  it("open with a comment that says what they do", () => {
    expect(
      complaints(sources, (path) => {
        const lines = read(path).split("\n");
        const first = lines[0]?.startsWith("#!") === true ? 1 : 0;
        const header = lines.slice(first, first + 6).filter((line) => /^(?:\/\/|\/\*| \*)/.test(line));
        // a test file's name and titles say the rest
        const charsMin = path.startsWith("test/") ? 20 : 50;
        return header.join(" ").length >= charsMin ? null : "needs a header comment that says what it does";
      }),
    ).toEqual([]);
  });

  it("hold 400 lines at most", () => {
    expect(
      complaints(sources, (path) => {
        const count = read(path).trimEnd().split("\n").length;
        return count > 400 ? `${count} lines, at most 400` : null;
      }),
    ).toEqual([]);
  });

  it("have names that say what is inside", () => {
    const vague = /(?:^|-)(?:utils?|helpers?|misc|common|managers?|handlers?|stuff)(?:-|\.|$)/;
    expect(
      complaints(sources, (path) => (vague.test(basename(path)) ? "name it by its noun" : null)),
    ).toEqual([]);
  });

  it("leave no reminder behind", () => {
    // written so that this file does not complain about itself
    const words = ["TO·DO", "FIX·ME", "HA·CK", "X·XX"].map((word) => word.replace("·", ""));
    const reminder = new RegExp(`\\b(?:${words.join("|")})\\b`);
    expect(
      complaints([...sources, ...documents], (path) => {
        const line = read(path)
          .split("\n")
          .findIndex((text) => reminder.test(text));
        return line === -1 ? null : `line ${line + 1}: do it, or write it down as an issue`;
      }),
    ).toEqual([]);
  });

  it("run no test alone and skip none in silence", () => {
    const tests = sources.filter((path) => path.endsWith(".test.ts"));
    const lonely = /\b(?:it|test|describe)\.(?:only|todo)\b/;
    expect(complaints(tests, (path) => (lonely.test(read(path)) ? "only or todo" : null))).toEqual([]);
  });
});

describe("values by a name from outside", () => {
  const production = sources.filter((path) => /^(?:control-plane|edge-agent|shared)\//.test(path));
  /** A plain record is for names of our own: where one may stand, and whose names they are. */
  const plainRecords: Readonly<Record<string, string>> = {
    "control-plane/cli/api-calls.ts": "a problem's fields, read by our names",
    "control-plane/browser/current.ts": "fields of the desk's answer, read by our names",
    "control-plane/embedded/admin.ts": "an answer's fields, read by our names",
    "control-plane/embedded/channel-secrets.ts": "variables of the environment that are copied whole",
    "control-plane/embedded/control-plane.ts": "bindings of our own",
    "control-plane/embedded/demo-host-process.ts": "a message's fields, read by our names",
    "control-plane/embedded/story/person.ts": "fields of a form that the story fills in",
    "control-plane/embedded/story/steps.ts": "evidence that is only printed",
    "control-plane/embedded/workerd-messages.ts": "bindings of our own; a page's fields, read by our names",
    "control-plane/replay/file/foreign-keys.ts": "fields of a file, read by our names",
    "control-plane/replay/file/incident-resolver.ts": "a policy before its schema",
    "control-plane/replay/file/read-shape.ts": "fields of a file, read by our names",
    "control-plane/replay/file/written-shapes.ts": "fields of a file, read by our names",
    "control-plane/replay/replay-policy.ts": "a policy before its schema, laid over another by a Map",
    "control-plane/src/channels/answers.ts": "an answer's fields, read by our names",
    "control-plane/src/channels/channel.ts": "headers of our own",
    "control-plane/src/read-side/project.ts": "columns of a table of ours",
    "control-plane/src/platform/counted-sql.ts": "columns",
    "control-plane/src/platform/desk/desk-people.ts": "columns",
    "control-plane/src/platform/desk/desk-audit.ts": "columns",
    "control-plane/src/web/look/passkey-script.ts": "headers of our own",
    "control-plane/src/web/look/view-policy.ts": "headers of our own",
    "control-plane/src/web/passkeys/next-asked.ts": "fields of a query of our own",
    "control-plane/src/web/signing/passkey-form.tsx": "attributes of our own",
    "control-plane/src/api/openapi.ts": "fields of a document, written under our names",
    "control-plane/src/api/table/route.ts": "parts of a path and members of our own",
    "control-plane/src/core/shard/kept/difference.ts": "any JSON; it asks for own keys alone",
    "control-plane/src/http/problem.ts": "headers and members of our own",
    "control-plane/src/web/runbooks/runbooks.ts": "files of ours; it asks for own keys alone",
    "edge-agent/demo-host/main.ts": "a message's fields, read by our names",
    "edge-agent/demo-host/systemd-host.ts": "a file's fields, read by our names",
    "edge-agent/src/agent/log.ts": "a log line's fields, written under our names",
    "edge-agent/src/core/evidence/ledger.ts": "a line's fields, read by our names",
    "shared/src/values/expected-keys.ts": "keys of our schemas; it asks for own keys alone",
    "shared/src/files/file-problem.ts": "a file's value; it asks for own keys alone",
    "shared/src/values/named.ts": "the one place that knows what a Named is",
  };
  const code = (path: string): readonly string[] =>
    read(path)
      .split("\n")
      .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line));
  const linesWith = (pattern: RegExp) =>
    complaints(production, (path) => {
      const line = code(path).find((text) => pattern.test(text.replaceAll(/"[^"]*"|`[^`]*`/g, '""')));
      return line === undefined ? null : `${line.trim()}: use shared/src/values/named.ts`;
    });

  it("are Named: a plain record of strings is an exception with a reason", () => {
    const plain = production.filter((path) =>
      code(path).some((line) => /\bRecord<(?:string|PropertyKey),|\[\w+: string\]:/.test(line)),
    );
    expect(plain.toSorted()).toEqual(Object.keys(plainRecords).toSorted());
  });

  it("are asked for by `hasNamed` and never by `in`, which finds what is inherited", () => {
    // a written name tells one of a tagged union; a loop gives own names alone
    expect(linesWith(/(?:[(!&|?=:] ?|\breturn )[\w.#$]+ in [\w.#$(]/)).toEqual([]);
  });

  it("are copied without setting a prototype", () => {
    expect(linesWith(/\bObject\.assign\((?!new Error)/)).toEqual([]);
  });
});

describe("packages", () => {
  it("are pinned to exact versions", () => {
    const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    expect(
      complaints(packageFiles, (path) => {
        const file = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
        const loose = kinds
          .flatMap((kind) => Object.entries(file[kind] ?? {}))
          .filter(([, version]) => version !== "workspace:*" && !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
        return loose.length === 0 ? null : `pin ${loose.map(([name]) => name).join(", ")}`;
      }),
    ).toEqual([]);
  });

  it("come with a hash, the package manager too", () => {
    const lock = JSON.parse(read("bootstrap/package-lock.json")) as {
      packages: Record<string, { integrity?: string }>;
    };
    const fetched = Object.entries(lock.packages).filter(([path]) => path !== "");
    expect(fetched.length).toBeGreaterThan(1);
    expect(fetched.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true)).toEqual([]);
    const unhashed = /\bnpx (?:--yes|-y) pnpm@/;
    expect(
      tracked.filter(
        (path) => path.endsWith(".md") && !path.startsWith("docs/adr/") && unhashed.test(read(path)),
      ),
    ).toEqual([]);
  });

  it("agree on one version of each", () => {
    const versions = new Map<string, Set<string>>();
    for (const path of packageFiles) {
      const { dependencies, devDependencies } = JSON.parse(read(path)) as Record<
        string,
        Record<string, string>
      >;
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
    expect([...versions].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([]);
  });
});

describe("limits", () => {
  const limits = [...read("shared/src/values/limits.ts").matchAll(/^export const (\w+)/gm)].map(
    ([, name]) => name ?? "",
  );
  const tests = sources.filter((path) => path.startsWith("test/")).map(read);

  it("are each named in a test, which holds their edge", () => {
    expect(limits.length).toBeGreaterThan(10);
    expect(limits.filter((name) => !tests.some((text) => text.includes(name)))).toEqual([]);
  });
});

describe("page reasons", () => {
  const [, union = ""] =
    /type PageReason =([^;]+);/.exec(read("control-plane/src/core/words/signal.ts")) ?? [];
  const reasons = [...union.matchAll(/"([a-z-]+)"/g)].map(([, reason]) => reason ?? "").sort();
  const runbooks = tracked
    .filter((path) => path.startsWith("docs/runbooks/"))
    .map((path) => basename(path, ".md"))
    .sort();

  it("each have a runbook of the same name, and no runbook is left over", () => {
    expect(reasons.length).toBeGreaterThan(0);
    expect(runbooks).toEqual(reasons);
  });

  it("are each decided in one file of that name below core", () => {
    const files = tracked.filter((path) => path.startsWith("control-plane/src/core/"));
    expect(
      complaints(reasons, (reason) => {
        const found = files.filter((path) => basename(path) === `${reason}.ts`);
        return found.length === 1 ? null : `${found.length} files of that name`;
      }),
    ).toEqual([]);
  });

  it.each(runbooks)(
    "runbook %s says what it means, what to look at, and how to tell a false alarm",
    (reason) => {
      const text = read(`docs/runbooks/${reason}.md`);
      expect(text.startsWith(`# ${reason}\n`)).toBe(true);
      for (const heading of ["## What it means", "## What to look at", "## False alarm?"])
        expect(text).toContain(heading);
      expect(text).toContain("```");
    },
  );
});

describe("documents", () => {
  it("link only to what is there", () => {
    expect(
      documents.flatMap((path) =>
        [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#[^)\s]*)?\)/g)]
          .map(([, target]) => target ?? "")
          .filter(
            (target) => target !== "" && !existsSync(join(root, normalize(join(dirname(path), target)))),
          )
          .map((target) => `${path}: ${target} is not there`),
      ),
    ).toEqual([]);
  });

  // A path is named from the root, or from one of these as the code beside it does.
  const roots = [
    "",
    "control-plane/",
    "control-plane/src/",
    "edge-agent/",
    "edge-agent/src/",
    "shared/src/",
    "test/",
  ];
  const isThere = (path: string, from: string): boolean =>
    [...roots, `${dirname(from)}/`].some((prefix) => existsSync(join(root, prefix, path)));
  const commented = /(?:^|\s)(?:\/\/|\*|\/\*\*?) .*/;

  it("and comments name only files that are there", () => {
    // records of decisions and of releases say what was; a build is not in the repository
    const living = documents.filter((path) => !path.startsWith("docs/adr/") && path !== "CHANGELOG.md");
    expect(
      [...living, ...sources].flatMap((path) => {
        const text = read(path);
        // a diff names files its own way, and stands there to the letter (tidy-contributing.test.ts)
        const prose = path.endsWith(".md")
          ? text.replaceAll(/^```diff\n[\s\S]*?^```/gm, "")
          : text
              .split("\n")
              .map((line) => commented.exec(line)?.[0] ?? "")
              .join("\n");
        return [...prose.matchAll(/(?<![\w./@*-])((?:[\w.-]+\/)+[\w-]+(?:\.test)?\.(?:tsx?|mjs))\b/g)]
          .map(([, named]) => named ?? "")
          .filter((named) => !named.includes("/dist/") && !isThere(named, path))
          .map((named) => `${path}: ${named} is not there`);
      }),
    ).toEqual([]);
  });

  it("the changelog's entries are dated, newest first", () => {
    const headings = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading ?? "");
    expect(headings.length).toBeGreaterThan(0);
    const dates = headings.map(
      (heading) => /^\S+ – (\d{4}-\d{2}-\d{2})$/.exec(heading)?.[1] ?? `undated: ${heading}`,
    );
    expect(dates).toEqual([...dates].sort().reverse());
    expect(dates.filter((date) => date.startsWith("undated"))).toEqual([]);
  });

  it("decision records are numbered without a gap and say what else was thought of", () => {
    const records = tracked.filter((path) => path.startsWith("docs/adr/")).sort();
    expect(records.map((path) => basename(path).slice(0, 4))).toEqual(
      records.map((_path, index) => String(index + 1).padStart(4, "0")),
    );
    expect(
      complaints(records, (path) =>
        ["Status: ", "## Decision", "## Alternatives"].every((part) => read(path).includes(part))
          ? null
          : "needs Status, Decision and Alternatives",
      ),
    ).toEqual([]);
  });
});

describe("secrets", () => {
  it("are in no file", () => {
    const patterns = [
      /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
      /\bAKIA[0-9A-Z]{16}\b/,
      /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
      /\bxox[abpr]-[A-Za-z0-9-]{10,}/,
      /\bsk-[A-Za-z0-9_-]{24,}/,
      // a PKCS#8 Ed25519 private key in base64 always starts so
      /MC4CAQAwBQYDK2VwBCIEI/,
    ];
    // The frozen test keys are public by design (test/contract/v1/keys.json says so).
    const texts = tracked.filter((path) =>
      /\.(?:ts|tsx|mjs|js|json|toml|ya?ml|md|txt|sh|sql)$|^\.ci\/run$/.test(path),
    );
    expect(
      complaints(
        texts.filter((path) => path !== "test/contract/v1/keys.json"),
        (path) => {
          const found = patterns.find((pattern) => pattern.test(read(path).replaceAll(pattern.source, "")));
          return found === undefined ? null : `looks like a secret: ${found.source.slice(0, 20)}`;
        },
      ),
    ).toEqual([]);
  });
});
