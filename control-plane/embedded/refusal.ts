// A start that cannot go on for a reason that a person can mend: the message is the one sentence they read, without a stack.
export class Refusal extends Error {}
