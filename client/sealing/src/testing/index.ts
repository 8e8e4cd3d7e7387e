export {
  type ADocument,
  anEstate,
  type AnEstate,
  aRelease,
  type ARelease,
  objectOf,
  type WhatIsLeft,
} from "./a-release.ts";
export { aSealedDocument } from "./a-sealed-document.ts";
