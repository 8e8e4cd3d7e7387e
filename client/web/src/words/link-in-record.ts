/** The address of a field as something to open; null for anything but a plain web address: a form may come from anywhere. */
export function safeLink(value: string): string | null {
  const typed = value.trim();
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(candidate) || /\s/.test(typed)) return null;
  const url = new URL(candidate);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.hostname.includes(".") && url.username === "" && url.password === "" ? url.href : null;
}
