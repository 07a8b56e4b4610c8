// Every view in every state that the tests look at.
import { states as approvalsOver } from "./approvals-over.tsx";
import { states as approvalsSigned } from "./approvals-signed.tsx";
import { states as approvals } from "./approvals.tsx";
import { states as asks } from "./asks.tsx";
import { states as brakes } from "./brakes.tsx";
import { states as frame } from "./frame.tsx";
import { states as hostList } from "./host-list.tsx";
import { states as hostNew } from "./host-new.tsx";
import { states as hosts } from "./hosts.tsx";
import { states as incidentLists } from "./incident-lists.tsx";
import { states as incidents } from "./incidents.tsx";
import { states as overview } from "./overview.tsx";
import { states as passkeysNext } from "./passkeys-next.tsx";
import { states as passkeys } from "./passkeys.tsx";
import { states as peopleMany } from "./people-many.tsx";
import { states as people } from "./people.tsx";
import { states as policy } from "./policy.tsx";
import { states as record } from "./record.tsx";
import { states as runbooks } from "./runbooks.tsx";
import type { ShownState } from "./shown-state.ts";
import { states as standing } from "./standing.tsx";

export const STATES: readonly ShownState[] = [
  ...approvalsOver,
  ...approvals,
  ...approvalsSigned,
  ...asks,
  ...brakes,
  ...frame,
  ...hostList,
  ...hostNew,
  ...hosts,
  ...incidentLists,
  ...incidents,
  ...overview,
  ...passkeys,
  ...passkeysNext,
  ...people,
  ...peopleMany,
  ...policy,
  ...record,
  ...runbooks,
  ...standing,
];
