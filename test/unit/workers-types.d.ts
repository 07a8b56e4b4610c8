// Names of workerd's types that files of the actors mention, for the few of them that unit tests run on a real SQLite.
import type {
  D1Database as Database,
  D1PreparedStatement as PreparedStatement,
  DurableObjectId as ObjectId,
  SqlStorageValue as StorageValue,
} from "@cloudflare/workers-types";

declare global {
  type D1Database = Database;
  type D1PreparedStatement = PreparedStatement;
  type DurableObjectId = ObjectId;
  /** A service binding, as far as channels use one. */
  interface Fetcher {
    readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>;
  }
  type SqlStorageValue = StorageValue;
}
