// What each act of the audit is called in plain words, in the groups in which people look for one. Pure. An act that is not
// listed, of another version, is shown by its own name without hyphens: nothing of the record is left out for want of words.

/** Acts and what they are called, by group. */
export const ACT_GROUPS = [
  {
    title: "What broke",
    acts: [
      ["incident-opened", "Opened an incident"],
      ["incident-acknowledged", "Took it"],
      ["acknowledgement-taken-over", "Took it over"],
      ["acknowledgement-lapsed", "Had it for long enough: pages again"],
      ["acknowledgement-outgrown", "It grew graver: pages again"],
      ["acknowledgement-refused", "Taking it was refused"],
      ["incident-merged", "Went into another incident"],
      ["incident-resolved", "It is over"],
      ["finding-joined", "Found something more"],
      ["finding-cleared", "It is well, for now"],
      ["finding-again", "It is back"],
      ["finding-ended", "One of its findings is over"],
      ["noted", "Noted"],
      ["note-added", "Wrote a note"],
      ["note-refused", "A note was refused"],
      ["would-have-paged", "On trial: would have paged"],
      ["false-alarm-marked", "Marked a false alarm"],
      ["false-alarm-refused", "Marking a false alarm was refused"],
    ],
  },
  {
    title: "Pages",
    acts: [
      ["page-delivered", "A page arrived"],
      ["page-failed", "A page did not arrive; another way is tried"],
      ["page-undeliverable", "No way could bring a page"],
      ["page-withdrawn", "A page was not needed any more"],
      ["page-seen", "Opened what a page led to"],
      ["incident-seeing-refused", "Opening an incident was not noted"],
      ["test-page-sent", "Sent a test page"],
      ["test-page-refused", "Sending a test page was refused"],
      ["test-page-seen", "Said that a test page came"],
      ["test-page-receipt-refused", "A receipt of a test page was refused"],
    ],
  },
  {
    title: "Questions and what ran",
    acts: [
      ["asked-for", "Asked a host for an action"],
      ["asking-refused", "Asking was refused"],
      ["approval-requested", "Asked whether it may run"],
      ["approval-delivered", "The question arrived"],
      ["approval-seen", "Opened the question"],
      ["seeing-refused", "Opening a question was not noted"],
      ["approval-signed", "Signed a yes; others must too"],
      ["approval-approved", "Said yes"],
      ["approved-by-standing", "Ran by a yes in advance"],
      ["approved-unattended", "Ran by itself, as the rules allow"],
      ["approval-denied", "Said no"],
      ["approval-refused", "A yes was refused"],
      ["denial-refused", "A no was refused"],
      ["approval-expired", "Nobody answered in time"],
      ["approval-superseded", "A newer proposal took its place"],
      ["approval-executing", "Runs"],
      ["approval-verified", "Ran, and it stayed well"],
      ["approval-failed", "Ran, and failed"],
      ["proposal-refused", "The host proposes nothing"],
      ["proposal-ignored", "A proposal was not used"],
      ["grant-delivered", "The host has the permission"],
      ["grant-recalled", "Took the permission back"],
      ["grant-refused", "The host refused the permission"],
      ["outcome-succeeded", "Ran, and reached its goal"],
      ["outcome-failed", "Ran, and failed"],
      ["outcome-timed-out", "Took too long"],
      ["outcome-refused", "The host did not run it"],
      ["outcome-lost", "Nobody knows whether it ran"],
      ["verification-unmatched", "A result that belongs to nothing"],
    ],
  },
  {
    title: "Freezes, silences, yes in advance",
    acts: [
      ["automation-frozen", "Froze automation"],
      ["freeze-lifted", "Lifted a freeze"],
      ["freeze-ended", "A freeze went with what it was for"],
      ["freeze-refused", "A freeze was refused"],
      ["freeze-lift-refused", "Lifting a freeze was refused"],
      ["silence-added", "Set a silence"],
      ["silence-ended", "Ended a silence"],
      ["silence-refused", "A silence was refused"],
      ["silence-end-refused", "Ending a silence was refused"],
      ["standing-given", "Gave a yes in advance"],
      ["standing-revoked", "Took a yes in advance back"],
      ["standing-expired", "A yes in advance is used up, or its time is over"],
      ["standing-giver-left", "Whoever gave a yes in advance left"],
      ["standing-role-left", "Whoever gave a yes in advance may approve no more"],
      ["standing-passkey-left", "The passkey that signed a yes in advance is no approver's any more"],
      ["standing-refused", "A yes in advance was refused"],
      ["standing-refused-by-host", "A host did not take a yes in advance"],
      ["standing-revoke-refused", "Taking a yes in advance back was refused"],
    ],
  },
  {
    title: "Hosts, people, rules",
    acts: [
      ["enrolment-token-created", "Made a token for a new host"],
      ["host-enrolled", "A host came in"],
      ["enrolment-refused", "A host was not let in"],
      ["host-retired", "Retired a host"],
      ["host-retire-refused", "Retiring a host was refused"],
      ["host-set-aside", "Looks after a host apart"],
      ["set-aside-refused", "Looking after a host apart was refused"],
      ["sign-in-token-created", "Made a sign-in link"],
      ["sign-in-link-sent", "Sent a sign-in link"],
      ["sign-in-link-refused", "A sign-in link was refused"],
      ["device-signed-in", "Signed a device in"],
      ["sign-in-refused", "A sign-in was refused"],
      ["sign-in-ended", "Signed a device out"],
      ["sign-ins-ended", "Signed somebody out everywhere"],
      ["trust-begun", "Began the list of who may approve"],
      ["trust-published", "Changed who may approve"],
      ["trust-drafted", "Wrote a next version of who may approve"],
      ["trust-signed", "Signed a next version of who may approve"],
      ["trust-draft-dropped", "Dropped a next version of who may approve"],
      ["trust-begun-anew", "Gave up the list of who may approve"],
      ["passkey-domain-chosen", "Chose the domain of passkeys"],
      ["passkey-offered", "Made a passkey that waits to be let in"],
      ["passkey-withdrawn", "Took back a passkey that waited"],
      ["passkey-refused", "A passkey was not taken"],
      ["trust-refused", "A change of who may approve was refused"],
      ["policy-applied", "Changed the rules"],
      ["policy-undone", "Took a version of the rules back"],
    ],
  },
  {
    title: "The record itself",
    acts: [
      ["audit-cut", "Old rows left the record"],
      ["record-unreadable", "Something that is kept could not be read"],
      ["record-discarded", "Gave up something that could not be read"],
      ["record-discard-refused", "Giving it up was refused"],
    ],
  },
] as const;

const words: ReadonlyMap<string, string> = new Map(
  ACT_GROUPS.flatMap(({ acts }) => acts.map(([act, said]): readonly [string, string] => [act, said])),
);

/** What an act is called. */
export function actText(act: string): string {
  return words.get(act) ?? act.replaceAll("-", " ");
}

/** Says whether it has words of its own. */
export function isActKnown(act: string): boolean {
  return words.has(act);
}
