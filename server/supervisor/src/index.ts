export { supervise, type Supervised, type SuperviseOptions } from "./supervise.ts";
