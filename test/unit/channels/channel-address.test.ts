// Where a channel may send pages: every way to write an address that leads to this machine, to its network, or to its cloud's secrets.
import { describe, expect, it } from "vitest";
import { parseChannelAddress } from "../../../control-plane/src/channels/channel-address.ts";

function verdictOf(text: string, insecure = false): string {
  const parsed = parseChannelAddress(text, insecure);
  if (!parsed.ok) return parsed.error.reason;
  return parsed.value.isOpen ? "open" : "closed";
}

describe("the address of a channel", () => {
  it.each([
    ["https://ntfy.sh", "closed"],
    ["https://chat.test:8443/hook?x=1", "closed"],
    ["https://10.0.0.5/hook", "closed"],
    ["https://127.0.0.1:9000", "closed"],
    ["HTTPS://8.8.8.8/", "closed"],
    ["http://127.0.0.1:8080/x", "closed"],
    ["http://127.9.9.9", "closed"],
    ["http://[::1]:80", "closed"],
    ["http://[::ffff:127.0.0.1]", "closed"],
    ["http://localhost", "closed"],
    ["http://LOCALHOST.", "closed"],
    ["http://a.localhost:1", "closed"],
    ["http://2130706433/", "closed"],
    ["http://0x7f.1/", "closed"],
    ["", "address-unreadable"],
    ["chat.test/hook", "address-unreadable"],
    ["http://[fe80::1%25eth0]/", "address-unreadable"],
    ["ftp://chat.test/", "address-scheme"],
    ["file:///etc/passwd", "address-scheme"],
    ["javascript:alert(1)", "address-scheme"],
    ["https://alice:secret@chat.test/", "address-credentials"],
    ["https://alice@chat.test/", "address-credentials"],
    ["https://:secret@chat.test/", "address-credentials"],
    ["http://chat.test/", "address-plain-http"],
    ["http://localhost.chat.test/", "address-plain-http"],
    ["http://127.0.0.1.chat.test/", "address-plain-http"],
    ["http://8.8.8.8/", "address-plain-http"],
    ["http://10.0.0.5/", "address-plain-http"],
    ["http://[fd12::1]/", "address-plain-http"],
  ])("%s is %s", (text, verdict) => {
    expect(verdictOf(text)).toBe(verdict);
  });

  it.each([
    ["http://10.0.0.5/", "open"],
    ["http://172.16.0.1/", "open"],
    ["http://172.31.255.255/", "open"],
    ["http://192.168.1.1:8080/", "open"],
    ["http://100.64.0.1/", "open"],
    ["http://0xa000005/", "open"],
    ["http://012.0.0.5/", "open"],
    ["http://[fd12:3456::1]/", "open"],
    ["http://[::ffff:10.0.0.5]/", "open"],
    ["http://127.0.0.1/", "closed"],
    ["https://10.0.0.5/", "closed"],
    ["http://172.15.255.255/", "address-plain-http"],
    ["http://172.32.0.0/", "address-plain-http"],
    ["http://100.63.255.255/", "address-plain-http"],
    ["http://100.128.0.0/", "address-plain-http"],
    ["http://11.0.0.0/", "address-plain-http"],
    ["http://chat.test/", "address-plain-http"],
    ["http://chat.internal/", "address-plain-http"],
    ["http://10.0.0.5.nip.test/", "address-plain-http"],
    ["http://[2001:db8::1]/", "address-plain-http"],
  ])("%s, with `insecure: true`, is %s", (text, verdict) => {
    expect(verdictOf(text, true)).toBe(verdict);
  });

  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.254.169.254.",
    "１６９.254.169。254",
    "169%2E254%2E169%2E254",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[0:0:0:0:0:FFFF:A9FE:A9FE]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[2002:7f00:1::]",
    "[::ffff:0:169.254.169.254]",
    "[2001:0:a9fe:a9fe::1]",
    "[fe80::1]",
    "[febf:ffff::1]",
    "[fd00:ec2::254]",
    "[fd00:0ec2:0:0:0:0:0:254]",
    "[fd20:ce::254]",
    "[ff02::1]",
    "[::]",
    "[::ffff:0.0.0.0]",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata.google.internal..",
    "metadata",
    "metadata.goog",
    "instance-data.ec2.internal",
  ])("%s is nobody's channel", (host) => {
    for (const text of [`http://${host}/`, `https://${host}/`, `https://${host}:8443/hook`])
      expect(["address-forbidden", "address-unreadable"]).toContain(verdictOf(text, true));
  });

  it.each([
    ["169.253.255.255", "closed"],
    ["169.255.0.0", "closed"],
    ["223.255.255.255", "closed"],
    ["1.0.0.0", "closed"],
    ["[fec0::1]", "closed"],
    ["[64:ff9b::8.8.8.8]", "closed"],
    ["[::ffff:8.8.8.8]", "closed"],
    ["[2002:808:808::1]", "closed"],
    ["[2001:1::1]", "closed"],
  ])("https to %s beside a forbidden block is %s", (host, verdict) => {
    expect(verdictOf(`https://${host}/`)).toBe(verdict);
  });
});
