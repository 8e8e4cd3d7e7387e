const minute = 60_000;

export type MailTimes = {
  /** From looking up the server's name to the end of its greeting, and of STARTTLS. */
  readonly greetingMs: number;
  /** While nothing is heard of the server. */
  readonly silenceMs: number;
  /** For one mail in all: a server that sends a byte now and then is never silent. */
  readonly wholeMs: number;
};

/**
 * How long a mail server may take, real ms. Why so long: one that says yes after nobody listens any more is sent the same mail again and again, and so is its reader.
 * Source: RFC 5321 §4.5.3.2, what a client should grant at least: the greeting five minutes, MAIL and RCPT five each, DATA two, each block of it three, and
 * the answer after the final dot ten. The library knows one time for every silence, so that is the longest of them; all together is their sum.
 */
export const mailTimes: MailTimes = { greetingMs: 5 * minute, silenceMs: 10 * minute, wholeMs: 30 * minute };
