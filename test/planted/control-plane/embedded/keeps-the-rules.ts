// plants: nothing
// Types of the Worker, how a channel names its secret, and the network are fine here.
import { createServer } from "node:http";
import { isChannelSecretName } from "../src/channels/channel-secret.ts";
import type { Env } from "../src/env.ts";

export const kept = [createServer, isChannelSecretName];
export type Kept = Env;
