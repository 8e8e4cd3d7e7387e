/** Asks a phone not to fall asleep, until the answered function is called. It may refuse; then nothing is different. */
export function keepAwake(): () => void {
  const asked = "wakeLock" in navigator ? navigator.wakeLock.request("screen").catch(() => null) : null;
  return () => void asked?.then((lock) => lock?.release());
}
