// plants: nothing
// What shared/ may import.
import { sha256 } from "@noble/hashes/sha2.js";
import * as z from "zod";
import { encodeUtf8 } from "./utf8.ts";

export const kept = [sha256, z, encodeUtf8];
