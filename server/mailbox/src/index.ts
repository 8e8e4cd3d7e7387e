export { startMailbox } from "./start-mailbox.ts";
