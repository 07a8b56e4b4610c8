// The desk's front: what needs me first, who has the rest, then the hosts with what is wrong on top, whether anybody would
// be woken, and what was over lately. All well is calm and not empty; a desk without hosts is a list of steps. It has no
// field, so it fetches itself again. Pure.
import type { IncidentNow } from "../../core/desk/incidents-now.ts";
import type { Reach } from "../../core/desk/paging/reach.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { isAllWell, isFresh } from "../../read-side/listed-host.ts";
import type { RingCount } from "../../read-side/queries/page-rows.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { type ResolvedIncident, ResolvedLine } from "../incidents/resolved-line.tsx";
import { AsOf } from "../look/as-of.tsx";
import { Icon } from "../look/icons.tsx";
import { May } from "../look/may.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Quiet, Reachable } from "./calm.tsx";
import { FirstSteps, firstStepsTitle, stepCounts } from "./first-steps.tsx";
import { Fleet, type FleetProps, isLarge, serviceCountOf, Ways } from "./fleet.tsx";
import { headlineOf, needsSomebody, type OpenIncident, restOf, standingsOf } from "./incident-standing.ts";
import { type NotWell, notWellOf, notWellReasons, notWellTitle } from "./not-well.ts";
import { IncidentCard } from "./open-incident.tsx";
import { ReachFacts } from "./reach-facts.tsx";
import { type Devices, stepsOf } from "./reach-steps.ts";

/** More open incidents than this are on further views: the worst must load on a bad connection. */
export const INCIDENTS_PER_VIEW = 40;
/** Of so many the desk is asked who has them: of more it is only said how many need somebody at least. */
export const INCIDENTS_ASKED_MAX = 200;
/** While something is open, and while nothing is. */
const MOVES_OPEN_S = 15;
const MOVES_CALM_S = 60;

export interface OverviewViewProps extends Omit<FleetProps, "now" | "list"> {
  readonly frame: Frame;
  /** what is open, the most urgent first */
  readonly incidents: readonly Incident[];
  /** of those of this view, and of the first of all, as the desk knows it */
  readonly known: readonly IncidentNow[];
  readonly approvals: readonly Approval[];
  readonly hosts: FleetProps["list"];
  readonly reach: Reach;
  /** how often people were rung within a week; null: it cannot be read, or something is open */
  readonly rings: readonly RingCount[] | null;
  /** on how many devices each person is signed in */
  readonly devices: Devices;
  /** what is over, as the lists hold it */
  readonly resolved: readonly ResolvedIncident[];
  readonly isHistoryRead: boolean;
  /** how many open incidents stand on the views before this one */
  readonly skipCount: number;
  /** somebody may approve */
  readonly hasApprovers: boolean;
}

/** The fleet at a glance. */
export function OverviewView(props: OverviewViewProps) {
  const { approvals, frame, hosts, incidents, known, skipCount } = props;
  const at = { known, now: frame.now };
  const all = standingsOf(incidents, approvals, at);
  const part = [skipCount, skipCount + INCIDENTS_PER_VIEW] as const;
  // Where all are known, those that need somebody stand first, on whichever view they would be by how bad they are.
  const open =
    all.length <= INCIDENTS_ASKED_MAX
      ? all.slice(...part)
      : standingsOf(incidents.slice(...part), approvals, at);
  const isEmpty = hosts.enrolledCount === 0;
  const title = titleOf(props, all);
  return (
    <Layout title={title} frame={frame} path="/" moves={all.length > 0 ? MOVES_OPEN_S : MOVES_CALM_S}>
      {isEmpty && <Head {...props} all={all} title={title} />}
      {isEmpty && <Cards {...props} open={open} count={all.length} />}
      {isEmpty ? (
        <FirstSteps
          signIn={frame.signIn}
          name={frame.name}
          steps={readerSteps(props)}
          hasApprovers={props.hasApprovers}
          isSecond={open.some(({ waiting }) => waiting !== null)}
        />
      ) : (
        <div class="split left">
          <div>
            <Head {...props} all={all} title={title} />
            <Cards {...props} open={open} count={all.length} />
            {!props.hasApprovers && <NobodyApproves />}
            {all.length === 0 && (
              <Quiet
                reach={props.reach}
                rings={props.rings}
                isCalm={isAllWell(hosts, frame.now)}
                now={frame.now}
              />
            )}
            {all.length === 0 && <Reachable steps={readerSteps(props)} now={frame.now} />}
          </div>
          <Fleet {...props} list={hosts} now={frame.now} />
        </div>
      )}
      {!isEmpty && <ReachFacts reach={props.reach} devices={props.devices} now={frame.now} />}
      <Resolved {...props} />
    </Layout>
  );
}

/** Where hosts are watched already: whatever they ask for, nobody could say yes. */
function NobodyApproves() {
  return (
    <section class="card wt" data-says="nobody-approves">
      <p>
        <b>Nobody can approve a restart yet.</b> Hosts run one only after a person's passkey has signed it.
      </p>
      <May needs="approve">
        <p>
          <a class="btn plain" href="/passkey">
            Create your passkey
          </a>
        </p>
      </May>
    </section>
  );
}

function readerSteps({ devices, frame, reach }: OverviewViewProps) {
  return stepsOf(reach, { devices, responder: frame.signIn.responder });
}

function titleOf(props: OverviewViewProps, all: readonly OpenIncident[]): string {
  if (all.length > 0) return headlineOf(all, all.length <= INCIDENTS_ASKED_MAX);
  if (props.hosts.enrolledCount === 0) return firstStepsTitle(readerSteps(props), props.hasApprovers);
  if (isNobodyReached(props)) return "Nobody can be paged";
  if (isAllWell(props.hosts, props.frame.now)) return "All well";
  const ill = notWellIn(props);
  return ill === null ? "No incident is open, and how the hosts are is not known" : notWellTitle(ill);
}

function notWellIn({ frame, hosts, marks }: OverviewViewProps): NotWell | null {
  return notWellOf(hosts, marks, frame.now);
}

/** A desk that would not ring is not calm, however well all is. */
function isNobodyReached({ frame }: OverviewViewProps): boolean {
  return frame.warnings.some(({ reason }) => reason === "no-channel");
}

function Head(props: OverviewViewProps & { readonly all: readonly OpenIncident[]; readonly title: string }) {
  const { all, hosts, title } = props;
  const isQuiet = all.length === 0 && hosts.enrolledCount > 0;
  const ill = isQuiet ? notWellIn(props) : null;
  const isCalm = isQuiet && isAllWell(hosts, props.frame.now) && !isNobodyReached(props);
  const lead = leadOf(props);
  return (
    <div>
      {isCalm && (
        <h1 class="st">
          <Icon name="well" tone="good" />
          {title}
        </h1>
      )}
      {isQuiet && !isAllWell(props.hosts, props.frame.now) && (
        <h1 class={toneOf(ill)}>
          <Icon name="fail" /> {title}
        </h1>
      )}
      {!isCalm && (!isQuiet || isAllWell(props.hosts, props.frame.now)) && <h1>{title}</h1>}
      {lead !== null && <p class="lead">{lead}</p>}
      {ill !== null && hosts.counts !== null && (
        <p>
          <Ways counts={hosts.counts} /> <a href="/shadow">what is in shadow</a>
        </p>
      )}
    </div>
  );
}

/** Red only where something is known to be broken. */
function toneOf(ill: NotWell | null): string {
  return ill !== null && ill.illCount > 0 ? "bad" : "warn";
}

function leadOf(props: OverviewViewProps & { readonly all: readonly OpenIncident[] }): string | null {
  const { all, frame, hosts } = props;
  if (all.length > 0) return restOf(all);
  const { counts, enrolledCount } = hosts;
  if (enrolledCount === 0) {
    const { all: count, done } = stepCounts({
      signIn: frame.signIn,
      name: frame.name,
      steps: readerSteps(props),
      hasApprovers: props.hasApprovers,
    });
    return `${done} of ${count} steps done.`;
  }
  if (counts === null) return "How the hosts are cannot be read just now.";
  const many = `${enrolledCount} ${enrolledCount === 1 ? "host" : "hosts"}`;
  const services = serviceCountOf(hosts);
  const watched =
    isLarge(hosts) || services === 0
      ? many
      : `${many}, ${services} ${services === 1 ? "service" : "services"}`;
  if (isAllWell(hosts, frame.now))
    return isNobodyReached(props)
      ? `${watched}, all well. Were one to fail, nobody would hear of it.`
      : `${watched}. Nothing needs you.`;
  if (!isFresh(hosts.asOf, frame.now))
    return `${counts.well} of ${many} were well when they were last told of; how they are now is not known here.`;
  const ill = notWellIn(props);
  return ill === null ? null : notWellReasons(ill);
}

function Cards(
  props: OverviewViewProps & { readonly open: readonly OpenIncident[]; readonly count: number },
) {
  const { count, frame, open, skipCount } = props;
  const first = open.find((one) => one.waiting !== null && needsSomebody(one));
  const nextCount = skipCount + INCIDENTS_PER_VIEW;
  return (
    <>
      {open.map((one) => (
        <OwnCard what={`Incident ${one.incident.incidentId}`}>
          <IncidentCard open={one} isFirst={one === first} reader={frame.signIn.responder} now={frame.now} />
        </OwnCard>
      ))}
      {count > nextCount && (
        <p>
          <a class="btn plain" href={`/?skip=${nextCount}`}>
            {count - nextCount} more of {count}, none more urgent than these
          </a>
        </p>
      )}
    </>
  );
}

function Resolved({ frame, isHistoryRead, resolved }: OverviewViewProps) {
  if (resolved.length === 0 && isHistoryRead) return null;
  return (
    <section class="stack" aria-labelledby="resolved">
      <h2 id="resolved">Recently over</h2>
      {!isHistoryRead && <AsOf asOf={null} now={frame.now} what="history" />}
      {resolved.length > 0 && (
        <ul class="list card">
          {resolved.map((incident) => (
            <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
              <ResolvedLine incident={incident} now={frame.now} />
            </OwnCard>
          ))}
        </ul>
      )}
      <p class="links">
        <a href="/incidents">All that is over</a>
      </p>
    </section>
  );
}
