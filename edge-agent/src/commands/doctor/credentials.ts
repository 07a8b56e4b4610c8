// The part of `doctor` that reads each credential as the agent does: whether its file is there, and its expiry where one is declared. Not
// pure; nothing of a credential's content is told.
import type { CredentialSpec } from "@countersign/shared/host/evidence-spec";
import { readCredential } from "../../evidence/read-credential.ts";
import { editCatalogue, eachService, type Examiner, type Scene } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";

export const credentialsExaminer: Examiner = {
  name: "credentials",
  eyes: "agent",
  isWatched: true,
  examine: (scene) =>
    eachService(scene.catalogue, ({ evidence, name }) =>
      Promise.all(
        (evidence?.credentials ?? []).map((credential) => examineCredential(credential, name, scene)),
      ),
    ),
};

async function examineCredential(
  credential: CredentialSpec,
  service: string,
  { paths }: Scene,
): Promise<Finding> {
  const check = `credential: ${service} ${credential.name}`;
  const { problems, remedies, states } = await readCredential(credential, service);
  const [remedy] = remedies;
  if (remedy !== undefined) return wrong(check, "the agent may not read it", remedy);
  if (problems.length > 0) return wrong(check, problems.join("; "), editCatalogue(paths));
  const [fact] = states;
  const expiresAt = fact?.kind === "credential" ? fact.expiresAt : null;
  if (expiresAt === null) return well(check, "its file is there");
  const told = new Date(expiresAt).toISOString();
  return expiresAt > Date.now() || (fact?.kind === "credential" && fact.refreshes === true)
    ? well(check, `it expires ${told}`)
    : wrong(check, `it expired ${told}: renew it where its service signs in`);
}
