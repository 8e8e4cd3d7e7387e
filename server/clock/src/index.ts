export { composeMail } from "./mails/compose-mail.ts";
export { type RunningClock, startClock } from "./start-clock.ts";
