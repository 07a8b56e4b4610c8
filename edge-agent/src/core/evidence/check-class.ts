// Why a check failed, by class: of an HTTP status, of a connection that did not come about. Pure. That of a unit's Result,
// which replays tell too, is in shared/src/host/unit-class.ts.
// What a reader would get wrong: a class is claimed only where what was seen says it. Where nothing does it is absent, and a
// failed check of class `other` is one of which something else is known. Ceilings act on `auth` and `memory`; the rest is
// for people.
import type { FailureClass } from "@countersign/shared/wire/failure-class";

/**
 * The class of an HTTP status that is not accepted: a gateway (502, 504) speaks for what stands behind it, a 500 only for
 * itself.
 */
export function classOfStatus(status: number): FailureClass {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return "auth";
    case 408:
      return "timeout";
    case 429:
      return "rate-limit";
    case 502:
    case 504:
      return "provider";
    default:
      return "other";
  }
}

/** What is short on this host, so that nothing is known of the other side. */
const OWN_SHORTAGES = new Set(["EACCES", "EAGAIN", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPERM"]);

/**
 * The class of a connection that failed with this code: refused, reset, unreachable, no such name, no trust in its
 * certificate.
 */
export function classOfConnection(code: string): FailureClass {
  if (code === "ETIMEDOUT" || code === "TimeoutError") return "timeout";
  // HPE_…: something answers there, and it is no HTTP.
  return OWN_SHORTAGES.has(code) || code.startsWith("HPE_") ? "other" : "network";
}
