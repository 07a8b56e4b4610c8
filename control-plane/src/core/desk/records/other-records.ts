// What people are told when something cannot be read that is no record of the desk's state: the policy, words on their way, what shards keep,
// history. Pure. A record of the state says so in its own file.
import type { OtherRecordKind } from "../../words/unreadable-record.ts";
import type { RecordWords } from "./desk-record.ts";

export const OTHER_RECORDS: { readonly [Kind in OtherRecordKind]: RecordWords } = {
  policy: critical("policy", "an older one is in force"),
  trust: critical(
    "version of who may approve",
    "where it is the newest, nobody's signature is taken until the list is begun anew",
  ),
  candidate: warning("passkey that waits to be let in", "its person makes another one"),
  draft: warning("next version of who may approve", "who asked for it makes it again, and all sign it anew"),
  projection: warning("row for the read side", "lists and history do not show it"),
  "freeze-word": {
    ...critical("word about a freeze", "the whole fleet is frozen, and what was recalled is recalled anew"),
    holdsFleet: true,
  },
  signal: critical("signal of a shard", "what it told is not known here"),
  host: critical(
    "host's state",
    "the host is watched by its key; what its services were going through is forgotten",
  ),
  catalogue: warning("host's catalogue", "nothing is proposed until the host connects again"),
  grant: error("grant", "it is not sent to its host"),
  "shard-state": critical("shard's state", "what it knew of gaps and of its fleet is forgotten"),
  history: warning("record of what is over", "lists, links and replays lack it"),
  socket: warning("socket's memory", "the host was asked to connect again"),
  event: critical("event of a host", "it was dropped, and the host is as it was before it"),
  deadline: critical("deadline", "it is looked at again every few seconds"),
};

function critical(name: string, meaning: string): RecordWords {
  return { name, severity: "critical", meaning };
}

function error(name: string, meaning: string): RecordWords {
  return { name, severity: "error", meaning };
}

function warning(name: string, meaning: string): RecordWords {
  return { name, severity: "warning", meaning };
}
