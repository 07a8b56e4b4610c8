// Names of workerd's types that files of the actors mention, for the few of them that unit tests run on a real SQLite.
import type {
  D1Database as Database,
  D1PreparedStatement as PreparedStatement,
  SqlStorageValue as StorageValue,
} from "@cloudflare/workers-types";

declare global {
  type D1Database = Database;
  type D1PreparedStatement = PreparedStatement;
  type SqlStorageValue = StorageValue;
}
