import { problem, type RouteName, routes } from "@afterkeep/contracts";
import fastifySwagger from "@fastify/swagger";
import Fastify, { type FastifyInstance } from "fastify";
import { jsonSchemaTransform, validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { apiVersion } from "../operations/get-server.ts";
import { registerRoutes } from "./route-table.ts";

type Transform = typeof jsonSchemaTransform;

/** Writes the contract as OpenAPI 3.1, from the schemas that check requests and answers. */
export async function addOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Afterkeep",
        version: apiVersion,
        description: "Ciphertext, statements and receipts. Errors are RFC 9457 problem documents.",
      },
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer" },
          ownerCookie: { type: "apiKey", in: "cookie", name: "__Host-ak" },
          recipientCookie: { type: "apiKey", in: "cookie", name: "__Host-ak-r" },
        },
      },
    },
    transform: describeRoute,
  });
}

/** The OpenAPI document of the contract, without anything running. */
export async function describeApi(): Promise<object> {
  const app = Fastify({ exposeHeadRoutes: false });
  const never = () => {
    throw new Error("this app only describes");
  };
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(() => JSON.stringify);
  await addOpenApi(app);
  await app.register(async (scope) =>
    registerRoutes(scope, { admit: never, run: never, finish: never, requireOwnPage: never }),
  );
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

const describeRoute: Transform = (route) => {
  const described = jsonSchemaTransform(route);
  const { operationId } = route.schema;
  if (!isRouteName(operationId)) return described;
  const spec = routes[operationId];
  const schema: Record<string, unknown> = { ...described.schema, security: securityOf(spec.auth) };
  if ("body" in spec && spec.body === "bytes")
    Object.assign(schema, { consumes: ["application/octet-stream"], body: bytes });
  const success: unknown = spec.response === "bytes" ? { 200: inBytes, 206: inBytes } : described.schema.response;
  schema["response"] = Object.assign({}, success, { default: refused });
  return { ...described, schema };
};

const bytes = { type: "string", format: "binary" };
const inBytes = {
  description: "The object, or the range asked for",
  content: { "application/octet-stream": { schema: bytes } },
};
const refused = {
  description: "Refused, with what to do next",
  content: { "application/problem+json": { schema: z.toJSONSchema(problem, { target: "draft-2020-12" }) } },
};

function securityOf(auth: "none" | "owner" | "recipient"): Record<string, string[]>[] {
  if (auth === "none") return [];
  return [{ bearer: [] }, auth === "owner" ? { ownerCookie: [] } : { recipientCookie: [] }];
}

function isRouteName(name: unknown): name is RouteName {
  return typeof name === "string" && Object.hasOwn(routes, name);
}
