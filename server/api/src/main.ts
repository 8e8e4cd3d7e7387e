import { runZone } from "@afterkeep/platform";
import { startApi } from "./start-api.ts";

await runZone("api", async (zone) => {
  const api = await startApi(zone);
  await api.listen(zone.port);
  return { stop: api.stop };
});
