// What the command line has under it, for those who measure or rehearse it without its commands.
export { openContext } from "./context.ts";
export { openHome } from "./home.ts";
export { leanFetch } from "./lean-fetch.ts";
export { type FileItem, itemOfFile } from "./seal-files.ts";
export { processTerminal } from "./terminal.ts";
export { totpCode, totpStep } from "./totp.ts";
