// How the secret of a channel is bound and unbound where a desk runs: a file beside an embedded one, wrangler's secrets
// on Cloudflare, and both where the desk does not say which it is. Pure. What a reader would get wrong: no line may have
// a secret in the arguments of a program, where others on the machine and the shell's history read it.
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";

/** What the desk says of itself; undefined: it is older than this, or does not answer. */
export type Here = BodyOf<RouteOf<"GET /v1/admin/reach">>["here"];

/** Where `npm start` keeps them, when nothing else was said. */
const FOLDER_DEFAULT = ".countersign/secrets";

/** What binds them all; empty: there is nothing to bind. */
export function bindLines(
  secrets: readonly { readonly binding: string; readonly holds: string }[],
  here: Here,
): readonly string[] {
  if (secrets.length === 0) return [];
  const lines = secrets.flatMap(({ binding, holds }) => {
    const what = `Bind ${binding}, unless it is bound: ${holds}.`;
    if (here === undefined) return [`${what} Paste it, Enter, Ctrl-D:`, ...eitherWay(binding)];
    return here.secretFolder === null
      ? [`${what} It is asked for:`, `  ${wranglerPut(binding)}`]
      : [`${what} Paste it, Enter, Ctrl-D:`, `  ${fileMade(here.secretFolder, binding)}`];
  });
  const isFile = here !== undefined && here.secretFolder !== null;
  return isFile ? [...lines, "Then start the control plane anew: it reads secrets when it starts."] : lines;
}

/** What unbinds them all; empty: there is nothing bound. */
export function unbindLines(bindings: readonly string[], here: Here): readonly string[] {
  if (bindings.length === 0) return [];
  const names = bindings.join(" and ");
  const head = `No channel names ${names} any more. Once it is sure that no undo needs ${bindings.length === 1 ? "it" : "them"}, unbind ${bindings.length === 1 ? "it" : "them"}:`;
  const lines = bindings.flatMap((binding) => {
    const [file, wrangler] = [
      (folder: string) => `rm -f ${fileOf(folder, binding)}`,
      wranglerDelete(binding),
    ];
    if (here === undefined)
      return [
        `  npm start:   ${file(FOLDER_DEFAULT)} (with --state DIR: DIR/secrets)`,
        `  Cloudflare:  ${wrangler}`,
      ];
    return [`  ${here.secretFolder === null ? wrangler : file(here.secretFolder)}`];
  });
  return [head, ...lines];
}

function eitherWay(binding: string): readonly string[] {
  return [
    `  npm start:   ${fileMade(FOLDER_DEFAULT, binding)}`,
    "               and start it anew (with --state DIR: DIR/secrets)",
    `  Cloudflare:  ${wranglerPut(binding)}`,
  ];
}

function fileMade(folder: string, binding: string): string {
  return `mkdir -p -m 700 ${shellWord(folder)} && install -m 600 /dev/stdin ${fileOf(folder, binding)}`;
}

function fileOf(folder: string, binding: string): string {
  return shellWord(`${folder}/${binding}`);
}

function wranglerPut(binding: string): string {
  return `npm run wrangler -- secret put ${binding}`;
}

function wranglerDelete(binding: string): string {
  return `npm run wrangler -- secret delete ${binding}`;
}

/** A path or an address as a shell takes it; nothing in it moves a terminal's cursor. */
export function shellWord(path: string): string {
  const line = visibleLine(path);
  return /^[\w./:-]+$/.test(line) ? line : `'${line.replaceAll("'", String.raw`'\''`)}'`;
}
