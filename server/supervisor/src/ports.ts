import { once } from "node:events";
import { createServer } from "node:net";
import { ConflictError } from "@afterkeep/platform";

/** Throws ConflictError naming the setting when somebody else already listens on a port that we are about to need. */
export async function refuseTakenPorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [setting, port] of Object.entries(ports)) {
    const server = createServer();
    server.listen({ host: "127.0.0.1", port, exclusive: true });
    await once(server, "listening").catch((cause: unknown) => {
      throw new ConflictError("port-taken", `Something else already uses port ${port}.`, {
        cause,
        next: `Choose another with ${setting}.`,
      });
    });
    server.close();
    await once(server, "close");
  }
}
