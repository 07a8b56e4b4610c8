// Whom a freeze holds: one service, one host with all its services, or the whole fleet. Pure.
import { FLEET, hostedSubject, isHosted, type Subject, subjectKeyOf } from "../../words/subject.ts";
import type { Freeze } from "../records/freeze.ts";
import type { DeskState } from "./desk-state.ts";

/** The freeze that holds a subject, the widest first; null: none. */
export function freezeOver(state: DeskState, subject: Subject): Freeze | null {
  const host = isHosted(subject) ? [hostedSubject(subject, null)] : [];
  const keys = [FLEET, ...host, subject].map(subjectKeyOf);
  return keys.map((key) => state.freezes.get(key)).find((freeze) => freeze !== undefined) ?? null;
}
