import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Knocks at the public address until somebody opens. Time is attended only while the keyholder's own probe comes in by this door, so what was
 * before the last knock that nobody answered was attended by nobody.
 */
export function watchDoor(port: number): { shutUntil(): Promise<number>; leave(): void } {
  let hasLeft = false;
  const knocking = (async () => {
    for (let at = performance.now(); ; await wait(20)) {
      const knockedAt = performance.now();
      if (hasLeft || (await isOpen(port))) return at;
      at = knockedAt;
    }
  })();
  return { shutUntil: () => knocking, leave: () => (hasLeft = true) };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", answer(true)).once("error", answer(false));
  });
}
