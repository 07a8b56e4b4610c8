// How the admin token, or a person who is signed in, brings a person in. While nobody is signed in at all the link is given
// to whoever asked: a fresh desk, or one whose devices are all lost. From then on it is sent to the person it is for, and to
// nobody else, so that the token alone opens no sign-in.
// Who is signed in nowhere and has no passkey can be shown theirs by a signed-in person who may administer: the two are at one table then.
// What a reader would get wrong: the link is in no outbox and no row. One that no channel took is void, and is asked for
// again.
import { formatDuration } from "@countersign/shared/values/duration";
import { INVITATION_TTL_MS, SIGN_IN_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { refOfPerson } from "../../core/desk/state/audit-refs.ts";
import { type Actor, BY_DESK, byPerson, type Person } from "../../core/words/actor.ts";
import { rolesOf } from "../../core/words/roles.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { ApproversRpc } from "../approvers-rpc.ts";
import { newId } from "../random-id.ts";
import type { Invitation, InvitationRefusal } from "../sign-in-shapes.ts";
import type { DeskTokens } from "./desk-tokens.ts";
import { workingChannelsOf } from "./routes.ts";
import { type Sendable, sendPage } from "./send-page.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

export class SignInInvitations {
  readonly #desk: WorkerdDesk;
  readonly #tokens: DeskTokens;
  readonly #env: () => ActorEnv;

  constructor(desk: WorkerdDesk, tokens: DeskTokens, env: () => ActorEnv) {
    this.#desk = desk;
    this.#tokens = tokens;
    this.#env = env;
  }

  /** Makes a link for a responder, and gives or sends it. */
  async invite(responder: string, by: Actor): Promise<Result<Invitation, InvitationRefusal>> {
    // A person who asks is shown nobody's link, also should their own sign-in end meanwhile.
    if (by.kind !== "person" && !this.#tokens.isAnybodySignedIn()) {
      const ttlMs = SIGN_IN_TOKEN_TTL_MS;
      const printed = this.#tokens.createForResponder(responder, { by, why: "asked for", ttlMs });
      return printed.ok ? ok({ delivery: "printed", ...printed.value }) : printed;
    }
    if (!this.#tokens.isResponder(responder)) return refuse({ reason: "responder-unknown" });
    if (by.kind === "person" && !this.#mayInvite(by)) return this.#refuse("role-missing", responder, by);
    if (by.kind === "person" && this.#tokens.hasManyLinks(responder))
      return this.#refuse("sign-in-links-waiting", responder, by);
    const channels = workingChannelsOf(responder, this.#desk.policy(), this.#env());
    if (channels.length === 0) return this.#refuse("no-channel", responder, by);
    const ttlMs = INVITATION_TTL_MS;
    const created = this.#tokens.createForResponder(responder, { by, why: "asked for", ttlMs });
    if (!created.ok) return created;
    const { token, expiresAt } = created.value;
    const channel = await this.#send(messageFor(responder, token, by), channels);
    if (channel === null) {
      this.#tokens.forget(token);
      return this.#refuse("link-undelivered", responder, by);
    }
    this.#desk.record({
      actor: BY_DESK,
      act: "sign-in-link-sent",
      refs: [refOfPerson(responder)],
      why: `by ${channel}`,
    });
    return ok({ delivery: "paged", channel, expiresAt });
  }

  /**
   * Makes a link for a responder who is signed in nowhere and has no passkey, and shows it to the person who asks. Who is here already has a device of
   * their own, on which nobody else must be able to stand in for them.
   */
  inviteHere(
    responder: string,
    { deviceName = "a signed-in device", ...by }: Parameters<ApproversRpc["inviteHere"]>[1],
  ): Awaited<ReturnType<ApproversRpc["inviteHere"]>> {
    const asker = byPerson(by.responder);
    if (!this.#mayInvite(asker)) return this.#refuse("role-missing", responder, asker);
    if (!this.#tokens.isResponder(responder)) return refuse({ reason: "responder-unknown" });
    if (this.#isHere(responder)) return this.#refuse("person-is-here", responder, asker);
    if (this.#tokens.hasManyLinks(responder)) return this.#refuse("sign-in-links-waiting", responder, asker);
    const why = `shown on ${deviceName}`;
    return this.#tokens.createForResponder(responder, { by: asker, why, ttlMs: INVITATION_TTL_MS });
  }

  #mayInvite({ responder }: Person): boolean {
    return rolesOf(this.#desk.policy(), responder).includes("administer");
  }

  // Where the list cannot be read, everybody may be in it.
  #isHere(responder: string): boolean {
    const { trust } = this.#desk;
    if (this.#tokens.signedIn().includes(responder)) return true;
    const newest = trust.newest();
    if (newest === null) return trust.isBegun();
    return newest.trust.approvers.some(({ person }) => person === responder);
  }

  /** The first channel that took it; null: none did. */
  async #send(message: Sendable, channels: readonly string[]): Promise<string | null> {
    for (const channel of channels) {
      const context = { policy: this.#desk.policy(), bindings: this.#env(), now: Date.now() };
      if ((await sendPage(message, channel, context)).result === "delivered") return channel;
    }
    return null;
  }

  #refuse<Reason extends InvitationRefusal["reason"] | "person-is-here">(
    reason: Reason,
    responder: string,
    by: Actor,
  ): Result<never, { readonly reason: Reason }> {
    this.#desk.record({
      actor: by,
      act: "sign-in-link-refused",
      refs: [refOfPerson(responder)],
      why: reason,
    });
    return refuse({ reason });
  }
}

function messageFor(responder: string, token: string, by: Actor): Sendable {
  return {
    key: `sign-in:${newId("dev")}`,
    kind: "sign-in",
    incidentId: null,
    approvalId: null,
    earlier: null,
    createdAt: Date.now(),
    responder,
    severity: "info",
    title: "Sign in a device at the desk",
    body: [
      `Open the link on the device that you want to sign in as ${responder}. It works once, within ${formatDuration(INVITATION_TTL_MS)}.`,
      `${askerOf(by)} asked for it. If that surprises you, do not open it, and look at the record.`,
    ].join("\n"),
    path: `/sign-in/${token}`,
  };
}

function askerOf(by: Actor): string {
  return by.kind === "person" ? by.responder : "Somebody with the desk's admin token";
}
