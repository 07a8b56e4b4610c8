// Every limit that both sides must agree on. Each is tested at its edge, and test/tidy.test.ts wants its name in a test.
// Sizes are in bytes of UTF-8 unless the name says otherwise, durations in milliseconds.

/** Largest frame an agent may send; checked before it is parsed. */
export const AGENT_FRAME_BYTES_MAX = 64 * 1024;
/** Largest frame the control plane may send; checked by the agent before it is parsed. */
export const CONTROL_FRAME_BYTES_MAX = 64 * 1024;
/** Largest HTTP body the control plane reads (enrolment, forms). */
export const HTTP_BODY_BYTES_MAX = 16 * 1024;
/** Largest frame on the actuator's unix socket: the largest envelope has 25 KB, the largest version of trust 42. */
export const ACTUATOR_FRAME_BYTES_MAX = 64 * 1024;
/** Largest proposal, in bytes as minted: holds the longest argv, unit and reason at once, in ASCII. */
export const PROPOSAL_BYTES_MAX = 8 * 1024;
/** Why an act is asked for, in characters, as it stands in what is signed. */
export const ASK_REASON_CHARS_MAX = 300;
/** Largest grant payload, in bytes as signed. */
export const GRANT_BYTES_MAX = 2 * 1024;
/** Largest text of a standing approval, as signed. */
export const STANDING_BYTES_MAX = 2 * 1024;
/** Signatures one envelope, one standing approval or one version of the fleet's trust may carry. */
export const ENVELOPE_SIGNATURES_MAX = 8;
/**
 * The parts of a passkey's assertion, decoded. Real ones: an id of 16 to 250 bytes, 120 to 300 bytes of client data. The
 * authenticator's data without extensions, of which none is asked for: rpIdHash (32), flags (1), counter (4).
 */
export const CREDENTIAL_ID_BYTES_MAX = 512;
export const AUTHENTICATOR_DATA_BYTES = 37;
export const CLIENT_DATA_BYTES_MAX = 1024;
/** Largest signature of a passkey: an ECDSA signature of P-256 in DER has 72 bytes at most. */
export const PASSKEY_SIGNATURE_BYTES_MAX = 80;
/** Largest version of the fleet's trust, in bytes as signed; the people in it, and the passkeys of each. */
export const TRUST_BYTES_MAX = 16 * 1024;
export const APPROVERS_MAX = 16;
export const CREDENTIALS_PER_PERSON_MAX = 5;
/** Versions of the fleet's trust that a host keeps beyond the accepted one. Each reading verifies all: 70 ms for so many. */
export const TRUST_CHAIN_MAX = 100;
/** Services one host may report (their state lives in a 16 KB socket attachment). */
export const SERVICES_PER_HOST_MAX = 32;
/** Tags one host may have. */
export const TAGS_PER_HOST_MAX = 16;
/** Checks one service may have. */
export const CHECKS_PER_SERVICE_MAX = 8;
/**
 * Items of one kind in a service's `evidence`: counters, credentials, code paths, configuration files, fallbacks,
 * heartbeats.
 */
export const EVIDENCE_ITEMS_MAX = 8;
/** Facts one message may carry. */
export const FACTS_PER_MESSAGE_MAX = 64;
/** Units that are named in the place of one without a process. */
export const UNIT_PARTS_MAX = 3;
/** Least time between two looks of the actuator at one service for an agent that asks. */
export const OBSERVE_FLOOR_MS = 1_000;
/** Actions one catalogue may list. */
export const ACTIONS_PER_HOST_MAX = 64;
/** Arguments of one action's argv, and the length of each in characters. */
export const ARGV_ITEMS_MAX = 16;
export const ARGV_ITEM_CHARS_MAX = 256;
/** The last instant of the year 9999, in epoch milliseconds: what is later is no instant. */
export const INSTANT_MAX = 253_402_300_799_999;
/**
 * The longest span of time that a host may tell: how long a result stays valid, the time a start may take, the period or
 * grace of a heartbeat. Instants are reckoned from them, which are stored.
 */
export const TOLD_SPAN_MS_MAX = 366 * 24 * 3_600_000;
/** Results of one check that are counted back: five failed of ten are a failing check. */
export const RESULTS_COUNTED_MAX = 10;
/** A check's one-line summary, in characters. */
export const SUMMARY_CHARS_MAX = 300;
/** Last words of a service: lines of its log, and their bytes with a line end between two. */
export const LAST_WORDS_LINES_MAX = 20;
export const LAST_WORDS_BYTES_MAX = 4 * 1024;
/** Last words that one host may have kept, for good and at once: a failure and a failed act of each of its services. */
export const HOST_WORDS_PER_MINUTE_MAX = 8;
export const HOST_WORDS_BURST_MAX = 64;
/** How long a shard keeps them. */
export const LAST_WORDS_AGE_MAX_MS = 30 * 24 * 3_600_000;
/** What a host's doctor found and tells: findings of one examination. The first ones go before the last. */
export const EXAMINED_FINDINGS_MAX = 64;
/** Of one host's findings a shard keeps so many characters of JSON, and takes so many changes of them in an hour. */
export const EXAMINATION_CHARS_MAX = 16_000;
export const EXAMINATIONS_PER_HOUR_MAX = 60;
/** Hosts one shard holds. */
export const HOSTS_PER_SHARD_MAX = 1_000;
/**
 * What one host may send on its connection, for good and at once. An agent gathers for 50 ms, so the busiest sends about 25 frames
 * and 200 KB a second, and after an outage some twenty frames at once. What is over it is dropped, unread, and counted.
 */
export const HOST_FRAMES_PER_SECOND_MAX = 60;
export const HOST_FRAMES_BURST_MAX = 1_200;
export const HOST_BYTES_PER_SECOND_MAX = 1024 * 1024;
export const HOST_BYTES_BURST_MAX = 8 * 1024 * 1024;
/** A host's socket is closed when it sends this many times its budget of frames or bytes. */
export const FLOOD_CLOSE_FACTOR = 10;
/** Connections that one host may begin, for good and at once. */
export const HOST_HELLOS_PER_MINUTE_MAX = 30;
export const HOST_HELLOS_BURST_MAX = 30;
/** What one host may give people to read: changes that repeat (a finding told again, ended, an outcome), and notes. */
export const HOST_CHANGES_PER_MINUTE_MAX = 15;
export const HOST_CHANGES_BURST_MAX = 40;
export const HOST_NOTES_PER_MINUTE_MAX = 4;
export const HOST_NOTES_BURST_MAX = 12;
/** Characters of a note that somebody writes to an incident, and how many one incident holds. */
export const NOTE_CHARS_MAX = 1_000;
export const INCIDENT_NOTES_MAX = 50;
/** How long an enrolment token lives, and a challenge waits for its answer. */
export const ENROLMENT_TOKEN_TTL_MS = 15 * 60_000;
export const CHALLENGE_TTL_MS = 10_000;
/** The longest absence that a host may announce. */
export const LEAVE_RETURN_MAX_MS = 3_600_000;
/** How long a one-time sign-in link lives that is printed to who asked for it, one that is sent or shown to somebody else, and a device's sign-in. */
export const SIGN_IN_TOKEN_TTL_MS = 15 * 60_000;
export const INVITATION_TTL_MS = 60 * 60_000;
export const SIGN_IN_TTL_MS = 30 * 24 * 3_600_000;
/** How long a form's CSRF token lives. */
export const CSRF_TOKEN_TTL_MS = 60 * 60_000;
/** The longest an actuator honours any proposal, whatever a grant says, by its own monotonic clock. */
export const PROPOSAL_LIFETIME_MAX_MS = 60 * 60_000;
/** Proposals an actuator keeps open at once; minting one more drops the oldest. */
export const PROPOSALS_OPEN_MAX = 64;
/** Outcomes handed to the agent in one answer of the actuator. */
export const OUTCOMES_PER_ANSWER_MAX = 32;
/** Largest file written by a person (policy, replay), and how much of YAML's own machinery it may use. */
export const YAML_FILE_BYTES_MAX = 256 * 1024;
export const YAML_TOKENS_MAX = 40_000;
export const YAML_NESTING_MAX = 32;
export const YAML_ALIASES_MAX = 64;
/** Recorded events a shard keeps, how many of one host with much to tell, and how long; the oldest give way. */
export const RECORDED_EVENTS_MAX = 50_000;
export const RECORDED_EVENTS_PER_HOST_MAX = 5_000;
export const RECORDED_EVENT_AGE_MAX_MS = 14 * 24 * 3_600_000;
/** Recorded events in one answer, and the characters of their JSON; one event always fits. */
export const RECORDED_PAGE_EVENTS_MAX = 500;
export const RECORDED_PAGE_CHARS_MAX = 1_000_000;
/** Silences, and standing approvals, in one answer of recorded history. */
export const RECORDED_SETTINGS_MAX = 500;
/** Records (incidents, silences and the like) that the desk keeps beside the live ones; the oldest give way. */
export const ARCHIVED_RECORDS_MAX = 20_000;
/** How long the read side keeps what is over. */
export const READ_SIDE_DAYS = 400;
/** Rows that one part of a list holds at most. */
export const LIST_ROWS_MAX = 200;
/** Longest search of a list, and longest text that says where a list goes on. */
export const SEARCH_CHARS_MAX = 100;
export const CURSOR_CHARS_MAX = 400;
