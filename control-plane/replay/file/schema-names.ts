// The schemas that are published, by name alone: help lists them without loading what they are made of.

/** Of docs/schemas/NAME.schema.json. */
export const SCHEMA_NAMES = ["incident", "policy", "replay"] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];
