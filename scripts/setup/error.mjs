/** Set-up cannot go on; the message is the one line a user needs. */
export class SetupError extends Error {}
