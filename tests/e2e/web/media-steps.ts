import type { Locator, Page } from "playwright-core";

/** Seconds of two tones, as a recorder without compression leaves them. */
export function aRecording(seconds: number): Buffer {
  const [rate, frame] = [44_100, 4];
  const samples = new Int16Array(seconds * rate * 2);
  for (let i = 0; i < samples.length; i++)
    samples[i] = 9_000 * Math.sin((2 * Math.PI * (i % 2 === 0 ? 440 : 330) * (i >> 1)) / rate);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** A second of film, drawn and encoded by the browser itself. */
export async function drawFilm(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const paper = canvas.getContext("2d");
    if (paper === null) throw new Error("this browser draws nothing");
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    for (let i = 0; i < 25; i++) {
      for (let square = 0; square < 144; square++) {
        paper.fillStyle = `hsl(${(i * 14 + square * 37) % 360} 60% 50%)`;
        paper.fillRect((square % 16) * 20, Math.floor(square / 16) * 20, 20, 20);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

/** Bytes of sealed objects that a page was sent since this was called. */
export function countFetched(page: Page): () => number {
  let fetched = 0;
  page.on("response", (response) => {
    if (response.url().endsWith("/object")) fetched += Number(response.headers()["content-length"]);
  });
  return () => fetched;
}

/** What a player in a new frame of this page makes of an address of our worker. */
export function playedElsewhere(page: Page, address: string): Promise<"plays" | "fails"> {
  return page.evaluate(
    (src) =>
      new Promise<"plays" | "fails">((tell) => {
        const frame = document.createElement("iframe");
        const resolve = (what: "plays" | "fails"): void => {
          frame.remove();
          tell(what);
        };
        frame.src = src;
        frame.addEventListener("load", () => {
          const media = frame.contentDocument?.querySelector("audio") ?? null;
          media?.addEventListener("error", () => resolve("fails"));
          media?.addEventListener("loadedmetadata", () => resolve("plays"));
          if (media === null || media.error !== null) resolve("fails");
          else if (media.readyState > 0) resolve("plays");
        });
        document.body.append(frame);
      }),
    address,
  );
}

/** As browsers do it without a word, when they want the memory. */
export async function endWorkers(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await session.detach();
}

/** The player in the frame of this title. */
export function playerOf(page: Page, name: string, tag: "audio" | "video"): Locator {
  return page.locator(`iframe[title="${name}"]`).contentFrame().locator(tag);
}

/** Plays from `second` on, by the keyboard as somebody without a mouse does. */
export async function playFrom(media: Locator, second: number): Promise<void> {
  await media.evaluate((element: HTMLMediaElement, at) => void (element.currentTime = at), second);
  if (await media.evaluate((element: HTMLMediaElement) => element.paused)) await media.press(" ");
  await media.evaluate(
    (element: HTMLMediaElement, at) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (element.error !== null) reject(new Error(element.error.message));
          if (element.currentTime > at + 0.2 && !element.paused && !element.seeking) resolve();
        };
        element.addEventListener("timeupdate", look);
        element.addEventListener("error", look);
        look();
      }),
    second,
  );
}
