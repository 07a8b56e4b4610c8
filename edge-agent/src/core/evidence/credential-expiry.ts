// Finds the expiry in the text of a credential's file: a field of its JSON, or the `exp` of a JWT that the file or a field
// of it is; and whether a refresh token stands beside it. Pure. Of the text itself nothing is in any answer or sentence but
// names that the catalogue holds.
import type { ExpirySpec } from "@countersign/shared/host/evidence-spec";
import { type FieldPath, formatFieldPath, parseFieldPath } from "@countersign/shared/host/field-path";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { type Named, namedAt } from "@countersign/shared/values/named";
import { ok, type Result } from "@countersign/shared/values/result";
import { decodeUtf8 } from "@countersign/shared/values/utf8";
import { isLikeJwt, none, type NoExpiry, readExpiryInstant } from "./expiry-instant.ts";

/** What was found. */
export interface FoundExpiry {
  readonly expiresAt: number;
  /** a refresh token stands beside it: whoever uses it renews it */
  readonly isRefreshable: boolean;
}

type Found = Result<FoundExpiry, NoExpiry>;

/** Fields that hold a refresh token beside an expiry, as OAuth (RFC 6749 §5.1) and tools name them. */
const REFRESH_TOKEN_FIELDS = ["refresh_token", "refreshToken", "refresh"] as const;

/** Finds the expiry in a text, as it is declared. */
export function expiryInText(text: string, expiry: Exclude<ExpirySpec, "certificate">): Found {
  const content = text.replace(/^\uFEFF/, "").trim();
  if (content === "") return none("is empty");
  if (expiry === "jwt") return ofWholeJwt(content);
  const path = parseFieldPath("json" in expiry ? expiry.json : expiry.jwt);
  if (!path.ok) return none(path.error.message);
  const json = parseJson(content);
  if (json === undefined) return none(whatItIsInstead(content));
  const field = fieldAt(json, path.value);
  if (!field.ok) return field;
  const { name, beside, value } = field.value;
  const expiresAt = "json" in expiry ? readExpiryInstant(value, name) : expOfJwt(value, `\`${name}\``);
  return expiresAt.ok
    ? ok({ expiresAt: expiresAt.value, isRefreshable: isRefreshable(name, beside) })
    : expiresAt;
}

function ofWholeJwt(content: string): Found {
  if (content.startsWith("{"))
    return none("is JSON: declare the field that holds the JWT, `expiry: { jwt: … }`");
  const expiresAt = expOfJwt(content, "it");
  return expiresAt.ok ? ok({ expiresAt: expiresAt.value, isRefreshable: false }) : expiresAt;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function whatItIsInstead(content: string): string {
  if (content.includes("-----BEGIN "))
    return "is no JSON but PEM: declare `expiry: certificate` if it holds a certificate";
  if (isLikeJwt(content)) return "is no JSON but a JWT: declare `expiry: jwt`";
  if (content.startsWith("SQLite format 3"))
    return "is an SQLite database, which is not read: leave `expiry` out, and tell rejections by the ledger";
  return "is no JSON (now): only JSON, JWT and X.509 certificates are read";
}

interface Field {
  /** as the catalogue names it, its last name alone */
  readonly name: string;
  readonly value: unknown;
  /** what it is a field of */
  readonly beside: unknown;
}

function fieldAt(json: unknown, path: FieldPath): Result<Field, NoExpiry> {
  let value = json;
  let beside: unknown = null;
  for (const [index, key] of path.entries()) {
    beside = value;
    value = childOf(value, key);
    if (value === undefined) return none(missingAt(beside, path.slice(0, index + 1)));
  }
  return ok({ name: String(path.at(-1)), value, beside });
}

function missingAt(beside: unknown, path: FieldPath): string {
  const what = `has no \`${formatFieldPath(path)}\``;
  const isCut =
    typeof beside === "object" &&
    beside !== null &&
    Object.keys(beside).some((name) => name.startsWith(`${path.at(-1)}.`));
  return isCut ? `${what}: a name that holds a dot stands in brackets and quotes, such as ["a@b.c"]` : what;
}

function childOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return /^[0-9]+$/.test(String(key)) ? (value[Number(key)] as unknown) : undefined;
  if (typeof key === "number" || typeof value !== "object" || value === null) return undefined;
  return namedAt(value as Named<unknown>, key);
}

/** The expiry of the refresh token itself is renewed by nobody. */
function isRefreshable(name: string, beside: unknown): boolean {
  if (/refresh/i.test(name)) return false;
  return REFRESH_TOKEN_FIELDS.some((field) => {
    const token = childOf(beside, field);
    return typeof token === "string" && token !== "";
  });
}

/** The `exp` of a JWT (RFC 7519 §4.1.4), which is in seconds; its signature is nobody's concern here. */
function expOfJwt(value: unknown, what: string): Result<number, NoExpiry> {
  const parts =
    typeof value === "string"
      ? value
          .trim()
          .replace(/^Bearer +/i, "")
          .split(".")
      : [];
  if (parts.length === 5)
    return none(`holds an encrypted JWT (JWE), whose \`exp\` nobody can read: leave \`expiry\` out`);
  const claims = parts.length === 3 ? claimsOf(parts[1] ?? "") : null;
  if (claims === null)
    return none(`has no JWT where ${what} should be one: three parts of base64url, joined by dots`);
  const exp = childOf(claims, "exp");
  if (exp === undefined)
    return none("holds a JWT without `exp`, which never ends by itself: leave `expiry` out");
  if (typeof exp === "number" && exp >= 1e11)
    return none(
      "holds a JWT whose `exp` is not in seconds, so that whoever checks it takes it for far away: leave `expiry` out",
    );
  return readExpiryInstant(exp, "exp");
}

function claimsOf(part: string): unknown {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(part)) return null;
  const bytes = decodeBase64(part.replaceAll("-", "+").replaceAll("_", "/"));
  const text = bytes === null ? null : decodeUtf8(bytes);
  const claims = text === null ? undefined : parseJson(text);
  return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? claims : null;
}
