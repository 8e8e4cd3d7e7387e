/** Every process that has an identity of its own. */
export const zoneNames = ["api", "clock", "keyholder", "kms", "auditor", "mailbox", "supervisor", "operator"] as const;
export type ZoneName = (typeof zoneNames)[number];

export function isZoneName(text: string): text is ZoneName {
  return zoneNames.some((name) => name === text);
}

const uriPrefix = "spiffe://afterkeep/zone/";

/** The SPIFFE-style name that stands in a zone's certificate. */
export function zoneUri(name: ZoneName): string {
  return uriPrefix + name;
}

/** The zone that a certificate's subjectAltName (Node's form, `URI:…`, one name only) speaks of; null if it is none of ours. */
export function zoneOfAltName(subjectAltName: string | undefined): ZoneName | null {
  const prefix = `URI:${uriPrefix}`;
  if (!subjectAltName?.startsWith(prefix)) return null;
  const name = subjectAltName.slice(prefix.length);
  return isZoneName(name) ? name : null;
}
