export { type ADocument, anEstate, type AnEstate, aRelease, type ARelease, objectOf } from "./a-release.ts";
export { aSealedDocument } from "./a-sealed-document.ts";
