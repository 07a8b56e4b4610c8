// When a file of certificates ends: the earliest end of validity of all that it holds, because a chain is as good as its
// shortest part. Changes nothing; not pure only for Node's parser. No sentence holds anything of the file.
import { X509Certificate } from "node:crypto";
import { ok, type Result } from "@countersign/shared/values/result";
import { none, type NoExpiry } from "../core/evidence/expiry-instant.ts";
import { wireInstant } from "../core/instant-text.ts";

const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?-----END \1-----/g;

/** Reads PEM with one certificate or more, whatever else stands between them, or one certificate in DER. */
export function certificateExpiry(bytes: Buffer): Result<number, NoExpiry> {
  const text = bytes.toString("latin1");
  const blocks = [...text.matchAll(BLOCK)].map(([block]) => block);
  const parts = blocks.length > 0 ? blocks : bytes[0] === 0x30 ? [bytes] : [];
  if (parts.length === 0) return none(whatItIsInstead(text));
  let earliest = Infinity;
  for (const [index, part] of parts.entries()) {
    const endsAt = endOf(part);
    if (endsAt === null) return none(unread(index + 1, parts.length, typeof part === "string"));
    earliest = Math.min(earliest, endsAt);
  }
  return ok(earliest);
}

function endOf(part: string | Buffer): number | null {
  try {
    return wireInstant(new X509Certificate(part).validToDate.getTime());
  } catch {
    return null;
  }
}

function unread(number: number, count: number, isPem: boolean): string {
  if (isPem) return `certificate ${number} of ${count} in it cannot be read`;
  return "is binary and no certificate in DER; PKCS#12 (.p12, .pfx) and keystores are not read: name the PEM file that they were made from";
}

function whatItIsInstead(text: string): string {
  if (text.trim() === "") return "is empty";
  if (/^\S*-cert-v01@openssh\.com /.test(text))
    return "is an OpenSSH certificate, which is not read: leave `expiry` out (`ssh-keygen -L -f FILE` shows its end)";
  if (text.startsWith("ssh-") || text.includes("OPENSSH PRIVATE KEY-----"))
    return "is an SSH key, which has no expiry: leave `expiry` out";
  if (text.includes("-----BEGIN CERTIFICATE REQUEST-----"))
    return "is a certificate request and no certificate: name the certificate";
  if (text.includes("-----BEGIN PKCS7-----"))
    return "is PKCS#7, which is not read: name the PEM file with the certificates";
  if (text.includes("PRIVATE KEY-----"))
    return "holds a private key and no certificate: name the certificate";
  if (/client-certificate-data:/.test(text))
    return "is a kubeconfig, which is not read: write its client certificate to a PEM file, and name that one";
  return "holds no X.509 certificate (PEM or DER)";
}
