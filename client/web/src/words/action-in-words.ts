/** Audit actions in the owner's words. */
const actions: Record<string, string> = {
  "account.created": "Your vault was set up",
  "account.address-verified": "Your e-mail address was confirmed",
  "session.opened": "You signed in",
  "session.ended": "You signed out",
  "statement.key": "Your keys, or those of a device, were signed for",
  "statement.pin": "You signed for a person’s key",
  "statement.policy": "You armed a bequest",
  "statement.manifest": "You signed a list of documents",
  "statement.disarm": "You disarmed",
  "statement.pause": "You paused, or ended a pause",
  "statement.checkin": "You checked in",
  "statement.token": "You checked in by the link of a mail",
  "document.uploaded": "A document was put in, sealed",
  "document.discarded": "An upload was given up",
  "document.removed": "The server removed a document that nothing named any more",
  "document.reshared": "A document was sealed for other people",
  "recipient.invited": "A person was invited",
  "recipient.reinvited": "A person was invited again",
  "recipient.relabelled": "You changed how you call a person",
  "recipient.link-opened": "A person opened their link",
  "recipient.link-sent": "A person asked for a new link",
  "recipient.key-left": "A person made their key",
  "bequest.begun": "You began a bequest",
  "bequest.relabelled": "You changed the draft of a bequest",
  "share.deposited": "The keyholder took its share of a bequest",
  "contact.deposited": "The keyholder took your address for last calls",
  "switch.changed": "A bequest moved from one state to the next",
  "mail.sent": "A mail was sent",
  "mail.accepted": "A mail was accepted for delivery",
  "mail.refused": "A mail was refused",
  "mail.failed": "A mail could not be delivered",
  "release.decided": "The keyholder decided a release",
  "release.fetched": "A person fetched their key to a bequest",
  "release.opened": "A person opened a bequest",
  "release.withdrawn": "A release was taken back",
};

/** An unknown action is shown by its own name rather than guessed at. */
export function describeAction(action: string): string {
  return actions[action] ?? action;
}
