// Secrets in a log, as programs write them: none survives, in whatever it stands; and what says why something died does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REDACTED, redactedLines } from "@countersign/shared/values/redaction";

const redacted = (line: string, known: readonly string[] = []) => redactedLines([line], known).join("\n");

const HUNTER = "hunter2-Zq";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

describe("a secret does not survive", () => {
  it.each([
    ["a header", `Authorization: Bearer ${HUNTER}`, HUNTER],
    [
      "a header of another form",
      `> proxy-authorization: Digest username="bob", response="${HUNTER}"`,
      HUNTER,
    ],
    ["a header in JSON", `{"headers":{"Authorization":"Basic Ym9iOmh1bnRlcjI="}}`, "Ym9iOmh1bnRlcjI"],
    ["bearer alone", `sent bearer ${HUNTER} to 10.0.0.1`, HUNTER],
    ["a cookie", `Cookie: a=b; sid=${HUNTER}`, HUNTER],
    ["an own header", `X-Internal-Token: ${HUNTER}`, HUNTER],
    ["an address", `connect postgres://bob:${HUNTER}@db.internal:5432/app`, HUNTER],
    ["an address with an odd password", "connect redis://:p@ss/w0rd!@cache:6379", "w0rd!"],
    ["a variable", `DB_PASSWORD=${HUNTER}`, HUNTER],
    ["a variable in quotes", `export API_KEY="${HUNTER} and more"`, HUNTER],
    ["a variable in quotes, and what follows", `PASSWORD='one ${HUNTER}' x`, HUNTER],
    ["YAML", `  password: correct horse ${HUNTER}`, HUNTER],
    ["JSON", `{"client_secret":"${HUNTER}","a":1}`, HUNTER],
    ["JSON within JSON", String.raw`{"body":"{\"token\":\"${HUNTER}\"}"}`, HUNTER],
    ["a Ruby hash", `{:password=>"${HUNTER}"}`, HUNTER],
    ["a Ruby hash of symbols", `password => ${HUNTER}`, HUNTER],
    ["an option", `run --api-key ${HUNTER} --port 80`, HUNTER],
    ["an option with =", `run --token=${HUNTER}`, HUNTER],
    ["a sentence", `the password is ${HUNTER}`, HUNTER],
    ["a query", `GET /v1?access_token=${HUNTER}&x=1`, HUNTER],
    ["OpenAI", "key sk-proj-abc123def456", "abc123def456"],
    ["Stripe", "key sk_live_abcdefgh", "abcdefgh"],
    ["GitHub", "ghp_abcdefghijklmnop", "abcdefghijklmnop"],
    ["GitHub, fine-grained", "github_pat_11ABCDEFG_abcdef", "11ABCDEFG"],
    ["GitLab", "glpat-abcdefghijk", "abcdefghijk"],
    ["Slack", ["xox", "b-1234-abcd-efgh"].join(""), "1234-abcd"],
    ["a Slack webhook", "POST https://hooks.slack.com/services/T0/B0/xyz", "T0/B0/xyz"],
    ["AWS", ["AKIA", "IOSFODNN7EXAMPLE"].join(""), "IOSFODNN7"],
    ["AWS's other half", "using wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "K7MDENG"],
    ["Google", "AIzaSyA1234567890abcdefghijklmn", "SyA1234567890"],
    ["Telegram", "bot 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "AAHdqTcvCH1"],
    ["a JWT", `got ${JWT}`, "dozjgNryP4J3"],
    ["a JWT's beginning", `got ${JWT.slice(0, 30)}`, "hbGciOiJIUzI1"],
    ["hex", "id 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "9f86d081"],
    ["a UUID", "key 550e8400-e29b-41d4-a716-446655440000", "446655440000"],
    ["mail", "mail to bob.miller+x@example.org failed", "bob.miller"],
    ["colours within", `pass\u001B[31mword\u001B[0m=${HUNTER}`, HUNTER],
    ["nothing that is seen within", `pass\u200Bword=${HUNTER}`, HUNTER],
    ["nothing that is seen within the secret", "sk-\u200Babcdefgh12345", "abcdefgh12345"],
  ])("%s", (_what, line, secret) => {
    expect(line).toContain(secret);
    expect(redacted(line)).not.toContain(secret);
    expect(redacted(line)).toContain(REDACTED);
  });

  it("a key in PEM, over its lines, also where its beginning or end is not there", () => {
    const block = [["-----BEGIN PRIV", "ATE KEY-----"].join(""), "short", "x", "-----END PRIVATE KEY-----"];
    const shown = redactedLines(["before", ...block, "after"]);
    expect(shown).toEqual(["before", REDACTED, REDACTED, REDACTED, REDACTED, "after"]);
    expect(redactedLines([...block.slice(1), "after"])).toEqual([REDACTED, REDACTED, REDACTED, "after"]);
    expect(redactedLines(["before", ...block.slice(0, 2)])).toEqual(["before", REDACTED, REDACTED]);
    expect(redactedLines([block.join(String.raw`\n`)])).toEqual([REDACTED]);
  });

  it("a value of a credential file, in whatever form", () => {
    const value = 'tulip "und" €9';
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value)])
      expect(redacted(`tried ${form}!`, [value])).toMatch(/^tried "?\[redacted\]"?!$/);
    // What is short would take words apart.
    expect(redacted("the end", ["the"])).toBe("the end");
  });
});

describe("what says why it died stays", () => {
  it.each([
    "Error: connect ECONNREFUSED 127.0.0.1:5432",
    "panic: no such table: orders",
    "bind() to 0.0.0.0:443 failed (98: Address already in use)",
    "web.service: Main process exited, code=exited, status=1/FAILURE",
    "    at Server.listen (/opt/app/node_modules/express/lib/server.js:12:5)",
    "java.lang.UnsatisfiedDependencyException: Error creating bean",
    "Traceback (most recent call last): File /usr/lib/python3/dist-packages/yaml/scanner.py, line 12",
    'FATAL:  role "bob" does not exist',
    "Out of memory: Killed process 4242 (node) total-vm:1024kB",
    "2026-11-28T03:11:31.123Z error disk full",
    "Started openclaw@bob.service",
  ])("%s", (line) => {
    expect(redacted(line)).toBe(line);
  });

  it("of a line without end its beginning, and nothing of what is cut in two", () => {
    const shown = redacted(`${"word ".repeat(799)}sk-abcdefghijklmnop`);
    expect(shown).toMatch(/^word .* \[redacted\]…$/);
    expect(redacted("x".repeat(10_000))).toBe(`${REDACTED}…`);
  });

  it("what cannot be seen is written out", () => {
    expect(redacted("a\u202Eb\u0007c\u200Bd")).toBe(String.raw`a\u{202e}b\u{7}c\u{200b}d`);
    expect(redacted("\u001B[31mred\u001B[0m")).toBe("red");
  });
});

describe("whatever stands around", () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const random = (alphabet: string, minLength: number, maxLength = minLength) =>
    fc
      .array(fc.constantFrom(...Array.from(alphabet)), { minLength, maxLength })
      .map((characters) => characters.join(""))
      // What is drawn may be a word by chance: a secret has letters of both kinds and a digit.
      .filter((text) => /\d/.test(text));
  const secrets = fc.oneof(
    random(`${letters}+/`, 40).filter((text) => /[a-z]/.test(text) && /[A-Z]/.test(text)),
    random("0123456789abcdef", 32).filter((text) => (text.match(/\d/g)?.length ?? 0) > 2),
    random(letters, 24).map((text) => `sk-${text}`),
    random(letters, 36).map((text) => `ghp_${text}`),
    random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16).map((text) => `AKIA${text}`),
    fc
      .tuple(random(letters, 20), random(letters, 40), random(letters, 43))
      .map(([head, body, end]) => `eyJ${head}.eyJ${body}.${end}`),
  );
  const places = fc.constantFrom(
    (secret: string) => secret,
    (secret: string) => `password=${secret}`,
    (secret: string) => `Authorization: Bearer ${secret}`,
    (secret: string) => `{"token":"${secret}"}`,
    (secret: string) => `https://bob:${secret}@host/x`,
    (secret: string) => `(${secret})`,
    (secret: string) => `[${secret}]`,
    (secret: string) => `<${secret}>,`,
    (secret: string) => `\u001B[1m${secret}\u001B[0m`,
  );
  const words = fc.stringMatching(/^[a-z :,.]{0,30}$/);

  it("a secret does not survive, nor any eight characters of it in a row", () => {
    fc.assert(
      fc.property(secrets, places, words, words, (secret, place, before, after) => {
        const [shown = ""] = redactedLines([`${before} ${place(secret)} ${after}`]);
        const kept = Array.from({ length: secret.length - 7 }, (_, index) => secret.slice(index, index + 8));
        expect(kept.filter((part) => shown.includes(part))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it("any text ends as text that can be shown, within time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        expect(redacted(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 1_000 },
    );
    for (const piece of ["password", "a@", "a.", "a://", "token: ", "A1a/", "x-key", "\u001B["]) {
      const startedAt = performance.now();
      redacted(piece.repeat(8_000));
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
  });
});
