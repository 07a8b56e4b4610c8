// What is asked of systemd about a unit; the sudoers lines of users' units name the same.
/** The properties asked for, by exact name. */
export const UNIT_PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "NRestarts",
  "InvocationID",
  "MainPID",
  "ActiveEnterTimestamp",
  "MemoryCurrent",
  "Id",
  "Type",
  "TriggeredBy",
  "TimeoutStartUSec",
  "InactiveExitTimestamp",
  "ControlGroup",
  "RemainAfterExit",
  "ConsistsOf",
  "StartLimitBurst",
  "Job",
  "StateChangeTimestampMonotonic",
] as const;
