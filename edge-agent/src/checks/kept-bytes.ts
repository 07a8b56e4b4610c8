// Keeps of a stream what is needed of it, however much comes: its first bytes, its last ones, and how many there were.

export interface KeptBytes {
  readonly take: (chunk: Uint8Array) => void;
  readonly head: () => Uint8Array;
  readonly tail: () => Uint8Array;
  readonly byteCount: () => number;
}

/** Keeps at most so many bytes of the beginning and of the end. */
export function keepBytes(headBytesMax: number, tailBytesMax = 0): KeptBytes {
  let head: Uint8Array = new Uint8Array();
  let tail: Uint8Array = new Uint8Array();
  let byteCount = 0;
  return {
    take: (chunk) => {
      byteCount += chunk.length;
      if (head.length < headBytesMax)
        head = Buffer.concat([head, chunk.subarray(0, headBytesMax - head.length)]);
      if (tailBytesMax > 0) {
        const joined = chunk.length < tailBytesMax ? Buffer.concat([tail, chunk]) : chunk;
        tail = Uint8Array.from(joined.subarray(Math.max(0, joined.length - tailBytesMax)));
      }
    },
    head: () => head,
    tail: () => tail,
    byteCount: () => byteCount,
  };
}
