/** The first `count` bytes of a stream, or all if there are fewer; the rest is not read. */
export async function takeBytes(stream: ReadableStream<Uint8Array>, count: number): Promise<Uint8Array> {
  const taken = new Uint8Array(count);
  let length = 0;
  for await (const chunk of stream) {
    const part = chunk.subarray(0, count - length);
    taken.set(part, length);
    length += part.length;
    if (length >= count) break;
  }
  return taken.subarray(0, length);
}
