// What people are told when a stored record cannot be read: what it is called, how grave its loss is, and what is so now. Pure.
// What a reader would get wrong: what it says is so must be so already (core/desk/unreadable.ts).
import type { Severity } from "@countersign/shared/wire/service-report";
import type { RecordKind } from "../../words/unreadable-record.ts";

/** What a kind of record is called, how grave its loss is, and what is so now. */
interface KindWords {
  readonly name: string;
  readonly severity: Severity;
  readonly meaning: string;
}

/** What the loss of one record of a kind means. */
export function meaningOf(kind: RecordKind): KindWords {
  switch (kind) {
    case "freeze":
      return critical("freeze", "the whole fleet is frozen in its place");
    case "freeze-word":
      return critical(
        "word about a freeze",
        "the whole fleet is frozen, and what was recalled is recalled anew",
      );
    case "incident":
      return critical("incident", "it pages nobody any more: look whether its trouble goes on");
    case "page":
      return critical("page", "it may not have reached its person");
    case "host":
      return critical(
        "host's state",
        "the host is watched by its key; what its services were going through is forgotten",
      );
    case "shard-state":
      return critical("shard's state", "what it knew of gaps and of its fleet is forgotten");
    case "signal":
      return critical("signal of a shard", "what it told is not known here");
    case "event":
      return critical("event of a host", "it was dropped, and the host is as it was before it");
    case "policy":
      return critical("policy", "an older one is in force");
    case "deadline":
      return critical("deadline", "it is looked at again every few seconds");
    case "approval":
      return error("approval", "it cannot be used; the host is asked anew when it still fails");
    case "grant":
      return error("grant", "it is not sent to its host");
    case "silence":
      return warning("silence", "it is over");
    case "standing":
      return warning("standing approval", "it covers nothing");
    case "route":
      return warning("finding about a channel", "the channel is looked at again");
    case "shard":
      return warning("finding about a shard", "the shard is looked at again");
    case "shadow":
    case "shadow-count":
      return warning("finding in shadow", "it is not counted");
    case "unreadable":
      return warning("note of an unreadable record", "what it was about is in the audit");
    case "projection":
      return warning("row for the read side", "lists and history do not show it");
    case "history":
      return warning("record of what is over", "lists, links and replays lack it");
    case "catalogue":
      return warning("host's catalogue", "nothing is proposed until the host connects again");
    case "socket":
      return warning("socket's memory", "the host was asked to connect again");
  }
}

function critical(name: string, meaning: string): KindWords {
  return { name, severity: "critical", meaning };
}

function error(name: string, meaning: string): KindWords {
  return { name, severity: "error", meaning };
}

function warning(name: string, meaning: string): KindWords {
  return { name, severity: "warning", meaning };
}
