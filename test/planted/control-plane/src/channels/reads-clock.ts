// plants: no-restricted-properties
// The instant of an attempt stands in the message.
export const kept = Date.now();
