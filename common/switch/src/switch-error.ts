/** A fact was to be written that the rules do not allow now. The caller is wrong, not the person. */
export class SwitchError extends Error {
  readonly code:
    | "not-due"
    | "no-sign"
    | "unknown-recipient"
    | "unknown-guardian"
    | "stopped-already"
    | "may-not-ask"
    | "asked-already"
    | "asked-too-soon"
    | "freeze-used-up";
  override readonly name = "SwitchError";

  constructor(code: SwitchError["code"], message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
