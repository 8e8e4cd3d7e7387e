import { maxThumbnail } from "@afterkeep/formats";
import { isPicture } from "../words/view-of.ts";

const longestSide = 320;
/** Larger pictures would take more memory to decode than a phone may have. */
const largestPictureBytes = 60_000_000;
const patienceMs = 8_000;
const tries = [
  { side: longestSide, quality: 0.72 },
  { side: longestSide, quality: 0.45 },
  { side: 200, quality: 0.5 },
];

/**
 * A small picture of a picture, made here: drawn anew, so that nothing of the file's own data (place, camera, owner) is in it.
 * Undefined where there is none: not a picture, damaged, too large, or a browser that cannot. It never keeps a file from being sealed.
 */
export async function makeThumbnail(file: Blob, type: string): Promise<Uint8Array | undefined> {
  if (!isPicture(type) || file.size === 0 || file.size > largestPictureBytes) return undefined;
  try {
    return await Promise.race([draw(file), afterPatience()]);
  } catch {
    return undefined;
  }
}

function afterPatience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), patienceMs));
}

async function draw(file: Blob): Promise<Uint8Array | undefined> {
  const picture = await createImageBitmap(file);
  try {
    for (const one of tries) {
      const bytes = await drawOnce(picture, one);
      if (bytes.length > 0 && bytes.length <= maxThumbnail) return bytes;
    }
    return undefined;
  } finally {
    picture.close();
  }
}

async function drawOnce(picture: ImageBitmap, { side, quality }: (typeof tries)[number]): Promise<Uint8Array> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const paper = canvas.getContext("2d");
  if (paper === null) return new Uint8Array();
  paper.imageSmoothingQuality = "high";
  paper.drawImage(picture, 0, 0, width, height);
  const webp = await canvas.convertToBlob({ type: "image/webp", quality });
  // Why looked at: a browser that cannot write WebP answers a PNG, which is too large for a photograph.
  if (webp.type === "image/webp") return new Uint8Array(await webp.arrayBuffer());
  return new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality })).arrayBuffer());
}
