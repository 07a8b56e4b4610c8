// The table of routes as an OpenAPI 3.1 document, for whoever writes a client. Pure. What is served is
// docs/schemas/openapi.json, which a test keeps in step: printing takes longer than a request may. What a reader would get wrong: an answer may get new members with a newer
// version, so its shapes are left open here; test/actors checks each answer against them closed.
import * as z from "zod";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { Problem, PROBLEM_CONTENT_TYPE } from "@countersign/shared/wire/problem";
import { type ProblemReason, PROBLEMS } from "../http/problem.ts";
import { NAMED_SHAPES } from "./table/named-shapes.ts";
import type { Right, Route } from "./table/route.ts";
import { type Call, eachRoute, partsOf } from "./table/routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** The whole document. */
export function openApiDocument(): Json {
  return {
    openapi: "3.1.1",
    info: {
      title: "Countersign",
      version: "1",
      description:
        "The API of a Countersign control plane: for its operator, for hosts that enrol and connect, and for watchers. Instants are epoch milliseconds by the desk's clock. It can approve nothing: approvals are people's, on a signed-in device.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "the desk's own address (PUBLIC_URL)" }],
    paths: pathsOf(),
    components: {
      securitySchemes: {
        adminToken: { type: "http", scheme: "bearer", description: "The deployment's secret ADMIN_TOKEN." },
      },
      schemas: namedSchemas(),
    },
  };
}

function pathsOf(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [call, route] of eachRoute()) {
    const [method, path] = partsOf(call);
    const template = path.replaceAll(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: operationOf(call, route) };
  }
  return paths;
}

function operationOf(call: Call, route: Route): Json {
  const parameters = [
    ...paramsOf(route.params ?? {}, "path"),
    ...paramsOf(route.query?.shape ?? {}, "query"),
  ];
  return {
    operationId: idOf(call),
    summary: route.says,
    security: securityOf(route.right),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route.body, route) }),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

/** `GET /v1/admin/incidents/:id` is `getIncidentsById`. */
function idOf(call: Call): string {
  const [method, path] = partsOf(call);
  const words = path
    .replace(/^\/(?:v1\/)?(?:admin\/)?/, "")
    .replaceAll(/:(\w+)/g, "by/$1")
    .split(/[^a-z]/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/**
 * The proofs of hosts and providers are in the body, in headers of their own and on the socket, so they are no scheme
 * that OpenAPI knows.
 */
function securityOf(right: Right): readonly Json[] {
  switch (right) {
    case "admin-token":
      return [{ adminToken: [] }];
    case "anyone":
    case "enrolment-token":
    case "host-key":
    case "provider-proof":
      return [];
  }
}

function paramsOf(shapes: Readonly<Record<string, z.ZodType>>, place: "path" | "query"): readonly Json[] {
  return Object.entries(shapes).map(([name, shape]) => {
    const { description, ...schema } = inputOf(shape);
    const required = place === "path" || !shape.safeParse(undefined).success;
    return { name, in: place, required, ...(description === undefined ? {} : { description }), schema };
  });
}

function bodyOf(shape: z.ZodType, { bodyBytesMax = HTTP_BODY_BYTES_MAX }: Route): Json {
  return {
    description: `At most ${bodyBytesMax} bytes.`,
    required: !shape.safeParse(undefined).success,
    content: { "application/json": { schema: inputOf(shape) } },
  };
}

function answersOf({ answers }: Route): Json {
  const all = Object.entries(answers).map(([status, shape]) => [
    status,
    shape === null
      ? { description: "An answer of its own, which is no JSON of this API." }
      : { description: "Done.", content: { "application/json": { schema: answerOf(shape) } } },
  ]);
  return Object.fromEntries(all);
}

function problemsOf(route: Route): Json {
  const byStatus = new Map<number, ProblemReason[]>();
  for (const reason of reasonsOf(route)) {
    const [status] = PROBLEMS[reason];
    if (route.answers[status] === undefined) byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  const content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: refOf("Problem") } } };
  return Object.fromEntries(
    [...byStatus].map(([status, reasons]) => [status, { description: wordsOf(reasons), content }]),
  );
}

function wordsOf(reasons: readonly ProblemReason[]): string {
  return reasons.map((reason) => `\`${reason}\`: ${PROBLEMS[reason][2]}`).join(" ");
}

/** Why a line may refuse: by itself, by its right, by its shapes. */
export function reasonsOf({ body, params, problems = [], query, right }: Route): readonly ProblemReason[] {
  const reasons: ProblemReason[] = [...problems, ...reasonsOfRight(right), "internal"];
  if (params !== undefined) reasons.push("not-found");
  if (query !== undefined || body !== undefined) reasons.push("body-malformed");
  if (body !== undefined) reasons.push("body-too-large");
  return [...new Set(reasons)];
}

function reasonsOfRight(right: Right): readonly ProblemReason[] {
  switch (right) {
    case "admin-token":
      return ["admin-unauthorised", "admin-not-configured", "too-many-attempts"];
    case "enrolment-token":
    case "provider-proof":
      return ["too-many-attempts"];
    case "anyone":
    case "host-key":
      return [];
  }
}

function inputOf(shape: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: "input" });
  return schema;
}

function answerOf(shape: z.ZodType): Json {
  const registry = registryOf([...namedShapes(), ["Answer", shape]]);
  return printed(registry)["Answer"] ?? {};
}

function namedSchemas(): Json {
  return printed(registryOf(namedShapes()));
}

function namedShapes(): readonly (readonly [string, z.ZodType])[] {
  return [...NAMED_SHAPES, ["Problem", Problem]];
}

function registryOf(named: readonly (readonly [name: string, shape: z.ZodType])[]) {
  const registry = z.registry<{ id?: string | undefined }>();
  for (const [id, shape] of named) registry.add(shape, { id });
  return registry;
}

function printed(registry: ReturnType<typeof registryOf>): Readonly<Record<string, Json>> {
  const { schemas } = z.toJSONSchema(registry, {
    uri: refOf,
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties !== undefined) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema]),
  );
}

function refOf(name: string): string {
  return `#/components/schemas/${name}`;
}
