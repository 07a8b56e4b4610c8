// A log file that cannot fill the disk: at its bound it becomes FILE.1, and the one before that is gone. Written synchronously, so that
// the last line before a crash is there; that is why it is not a library of streams.
import { appendFileSync, renameSync, statSync } from "node:fs";
import { visibleLines } from "@countersign/shared/values/visible-text";

/** Bytes after which a file gives way to a new one; FILE and FILE.1 together take twice as much at most. */
export const LOG_BYTES_MAX = 5 * 1024 * 1024;
/** A longer piece is cut, so that no single line passes the bound. */
const PIECE_CHARS_MAX = 64 * 1024;

/**
 * Appends to the file, with all that cannot be seen written out, and moves it away when it is full. A full disk loses the line, never
 * the program.
 */
export function openRotatedLog(file: string, bytesMax = LOG_BYTES_MAX): (text: string) => void {
  let size = sizeOf(file);
  return (text) => {
    const whole = visibleLines(text);
    const piece = whole.length <= PIECE_CHARS_MAX ? whole : `${whole.slice(0, PIECE_CHARS_MAX)} …\n`;
    const bytes = Buffer.byteLength(piece);
    try {
      if (size > 0 && size + bytes > bytesMax) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, piece, { mode: 0o600 });
      size += bytes;
    } catch {
      size = sizeOf(file);
    }
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
