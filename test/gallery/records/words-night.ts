// What nginx on web-1 said last in the night of the mocks; and what a hostile host may say in its place.
import type { HostWords, ToldWords } from "../../../control-plane/src/core/shard/kept/told-words.ts";
import { NOW, SECOND_MS } from "../shown-state.ts";

const LINES: readonly string[] = [
  "2026/11/28 03:11:29 [notice] 7#7: signal process started",
  "2026/11/28 03:11:29 [info] 7#7: reading /etc/nginx/conf.d/upstreams.conf",
  "2026/11/28 03:11:29 [info] 7#7: reading /etc/nginx/conf.d/tls.conf",
  "2026/11/28 03:11:30 [warn] 7#7: could not build optimal server_names_hash",
  "2026/11/28 03:11:30 [error] 7#7: auth_request: Authorization: Bearer [redacted]",
  "2026/11/28 03:11:31 [emerg] 7#7: cache loader: corrupt index in /var/cache/nginx/c/29",
  "2026/11/28 03:11:31 [alert] 7#7: worker process 9 exited on signal 11",
  "2026/11/28 03:11:31 [alert] 7#7: master process exits",
];

export function wordsOf(given: Partial<ToldWords> = {}): ToldWords {
  return {
    service: "nginx",
    at: NOW - 31 * SECOND_MS,
    toldAt: NOW - 30 * SECOND_MS,
    occasion: "failed",
    exit: { code: "dumped", status: 11 },
    lines: [...LINES],
    isCut: false,
    ...given,
  };
}

export const TOLD: HostWords = { hostName: "web-1", words: [wordsOf()] };
export const UNREAD: HostWords = { hostName: "web-1", words: null };
export const ONLY_EXIT: HostWords = {
  hostName: "web-1",
  words: [wordsOf({ lines: [], exit: { code: "exited", status: 203 } })],
};
export const TWICE: HostWords = {
  hostName: "web-1",
  words: [
    wordsOf({
      occasion: "act-failed",
      toldAt: NOW - 4 * SECOND_MS,
      at: NOW - 4 * SECOND_MS,
      exit: { code: "exited", status: 1 },
      lines: ["nginx: [emerg] bind() to 0.0.0.0:443 failed (98: Address already in use)"],
    }),
    wordsOf(),
  ],
};
/** As long as may be, with what must be shown as text and as nothing else. */
export const HOSTILE: HostWords = {
  hostName: "web-1",
  words: [
    wordsOf({
      isCut: true,
      at: NOW - 3 * 3_600_000,
      lines: Array.from({ length: 20 }, (_, index) =>
        [
          `<a href="https://evil.example/${index}">Approve</a> https://evil.example/approve`,
          "\u202Eeverything is fine\u200B \u001B[2J",
          (index * 7_919).toString(36).repeat(20),
        ].join(" "),
      ),
    }),
  ],
};
