// Keeps of a stream what is needed of it, however much comes: its first bytes, its last ones, and how many there were.
// What a reader would get wrong: whoever writes decides how small the chunks are. So neither their number nor what is kept
// already may cost anything for each of them: they are written into one buffer, which grows to twice the bound and is moved
// only when it is full.

export interface KeptBytes {
  readonly take: (chunk: Uint8Array) => void;
  readonly head: () => Uint8Array;
  readonly tail: () => Uint8Array;
  readonly byteCount: () => number;
}

/** Most plugins write less. */
const BUFFER_BYTES_MIN = 1_024;

/** Keeps at most so many bytes of the beginning and of the end. */
export function keepBytes(headBytesMax: number, tailBytesMax = 0): KeptBytes {
  const head = keepLast(headBytesMax);
  const tail = keepLast(tailBytesMax);
  let byteCount = 0;
  return {
    take: (chunk) => {
      if (byteCount < headBytesMax) head.take(chunk.subarray(0, headBytesMax - byteCount));
      byteCount += chunk.length;
      tail.take(chunk);
    },
    head: head.bytes,
    tail: tail.bytes,
    byteCount: () => byteCount,
  };
}

function keepLast(bytesMax: number) {
  let buffer = Buffer.alloc(Math.min(BUFFER_BYTES_MIN, 2 * bytesMax));
  let end = 0;
  const makeRoom = (length: number) => {
    if (end + length <= buffer.length) return;
    const kept = buffer.subarray(Math.max(0, end - bytesMax), end);
    if (kept.length + length > buffer.length)
      buffer = Buffer.concat([kept], Math.min(2 * bytesMax, 2 * (kept.length + length)));
    else buffer.set(kept);
    end = kept.length;
  };
  return {
    take: (chunk: Uint8Array) => {
      const last = chunk.subarray(Math.max(0, chunk.length - bytesMax));
      makeRoom(last.length);
      buffer.set(last, end);
      end += last.length;
    },
    bytes: (): Uint8Array => buffer.subarray(Math.max(0, end - bytesMax), end),
  };
}
