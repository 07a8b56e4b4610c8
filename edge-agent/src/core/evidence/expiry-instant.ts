// What a field says that is to hold the instant at which a credential ends. Pure. Tools write durations, microseconds, 0 and
// "never" there as well: what is no instant between 2000 and 2100 is refused with a sentence that says what it looks like.
// No sentence holds the value, which may be the secret itself.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { parseInstant } from "../instant-text.ts";

/** Why nothing could be read, as words that go on after the name of the file. */
export interface NoExpiry {
  readonly reason: "no-expiry";
  readonly problem: string;
}

/** What ends before or after these is not read as an instant: 2000-01-01 and 2100-01-01, in seconds. */
export const EXPIRY_SECONDS_MIN = 946_684_800;
export const EXPIRY_SECONDS_MAX = 4_102_444_800;
/** A number up to this, ten years of seconds, looks like a duration. */
export const DURATION_SECONDS_MAX = 315_360_000;

const LEAVE_OUT = "leave `expiry` out if it never ends";
const DURATION_NAME = /expires?_?in|ttl|life_?time|max_?age|duration|validity/i;
const JWT = /^[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*$/;

/** Reads the value of the field `name`; epoch milliseconds. */
export function readExpiryInstant(value: unknown, name: string): Result<number, NoExpiry> {
  if (typeof value === "number") return ofNumber(value, name);
  if (typeof value === "string") return ofText(value.trim(), name);
  const what =
    value === undefined ? "is not there" : value === null ? "is null" : "is neither a number nor a text";
  return none(`\`${name}\` ${what}: name the field that holds the instant at which it ends, or ${LEAVE_OUT}`);
}

/** A refusal. */
export function none(problem: string): Result<never, NoExpiry> {
  return refuse({ reason: "no-expiry", problem });
}

/** Whether a text looks like a JWT: three parts of base64url. */
export function isLikeJwt(text: string): boolean {
  return JWT.test(text);
}

function ofText(text: string, name: string): Result<number, NoExpiry> {
  if (/^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(text)) return ofNumber(Number(text), name);
  const at = parseInstant(text.replace(/ ?UTC$/, "Z"));
  if (at !== null) return ofInstant(at, name);
  // The clock of Go begins in the year 1, and an instant of ours in 1970.
  if (/^[01][0-9]{3}-[0-9]{2}-[0-9]{2}[T ].*(?:Z|[+-][0-9:]{4,5})$/.test(text)) return none(tooEarly(name));
  if (isLikeJwt(text)) return none(`\`${name}\` holds a JWT: declare \`expiry: { jwt: … }\``);
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]+)?$/.test(text))
    return none(
      `\`${name}\` is a date without an offset from UTC, of which nobody can tell when it is: name a field that has one, or leave \`expiry\` out`,
    );
  return none(
    `\`${name}\` is no instant: expected ISO 8601 with its offset (2026-01-31T09:00:00Z), or seconds or milliseconds since 1970`,
  );
}

function ofNumber(value: number, name: string): Result<number, NoExpiry> {
  if (value <= 0)
    return none(`\`${name}\` is 0 or less, as tools write for "never" or "not known": ${LEAVE_OUT}`);
  const isMs = isWithin(value, 1e3);
  if (value <= DURATION_SECONDS_MAX || (DURATION_NAME.test(name) && !isMs))
    return none(
      `\`${name}\` looks like a duration, not like an instant: name the field that holds the instant at which it ends, or leave \`expiry\` out`,
    );
  if (isMs) return ok(Math.round(value));
  if (isWithin(value, 1)) return ok(Math.round(value * 1e3));
  for (const [unit, perSecond] of [
    ["microseconds", 1e6],
    ["nanoseconds", 1e9],
  ] as const)
    if (isWithin(value, perSecond))
      return none(`\`${name}\` looks like ${unit} since 1970: only seconds and milliseconds are read`);
  if (value < EXPIRY_SECONDS_MIN) return none(tooEarly(name));
  if (value >= EXPIRY_SECONDS_MAX * 1e3) return none(tooLate(name));
  return none(
    `\`${name}\` is no instant between 2000 and 2100, neither in seconds nor in milliseconds: if it stands for "never", leave \`expiry\` out`,
  );
}

function isWithin(value: number, perSecond: number): boolean {
  return value >= EXPIRY_SECONDS_MIN * perSecond && value < EXPIRY_SECONDS_MAX * perSecond;
}

function ofInstant(at: number, name: string): Result<number, NoExpiry> {
  if (at < EXPIRY_SECONDS_MIN * 1e3) return none(tooEarly(name));
  return at < EXPIRY_SECONDS_MAX * 1e3 ? ok(at) : none(tooLate(name));
}

function tooEarly(name: string): string {
  return `\`${name}\` reads as a date before 2000, which is no expiry: name the field that holds the instant at which it ends`;
}

function tooLate(name: string): string {
  return `\`${name}\` reads as a date after 2100, as tools write for "never": ${LEAVE_OUT}`;
}
