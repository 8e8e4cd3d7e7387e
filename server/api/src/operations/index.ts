import { acceptInvitation } from "./accept-invitation.ts";
import { ask } from "./ask.ts";
import { beginAccount } from "./begin-account.ts";
import { beginDocument } from "./begin-document.ts";
import { beginSession } from "./begin-session.ts";
import { challenge } from "./challenge.ts";
import { checkIn } from "./check-in.ts";
import { checkInByDelegate } from "./check-in-by-delegate.ts";
import { checkInByToken } from "./check-in-by-token.ts";
import { commitManifest } from "./commit-manifest.ts";
import { createBequest } from "./create-bequest.ts";
import { createRecipient } from "./create-recipient.ts";
import { delegateChallenge } from "./delegate-challenge.ts";
import { deposit } from "./deposit.ts";
import { depositContact } from "./deposit-contact.ts";
import { depositKey } from "./deposit-key.ts";
import { discardDocument } from "./discard-document.ts";
import { endSession } from "./end-session.ts";
import { finishAccount } from "./finish-account.ts";
import { finishSession } from "./finish-session.ts";
import { getAccount } from "./get-account.ts";
import { getBundle } from "./get-bundle.ts";
import { getFreeze } from "./get-freeze.ts";
import { getLog } from "./get-log.ts";
import { getManifest } from "./get-manifest.ts";
import { getObject } from "./get-object.ts";
import { getRecipientView } from "./get-recipient-view.ts";
import { getReleasedObject } from "./get-released-object.ts";
import { getServer } from "./get-server.ts";
import { getStatus } from "./get-status.ts";
import { grant } from "./grant.ts";
import { listBequests } from "./list-bequests.ts";
import { listDocuments } from "./list-documents.ts";
import { listParts } from "./list-parts.ts";
import { listRecipients } from "./list-recipients.ts";
import { listStatements } from "./list-statements.ts";
import { openLink } from "./open-link.ts";
import { probe } from "./probe.ts";
import { orderFreeze } from "./order-freeze.ts";
import { prove } from "./prove.ts";
import { proveToAsk } from "./prove-to-ask.ts";
import { putHeader } from "./put-header.ts";
import { putLabel } from "./put-label.ts";
import { putPart } from "./put-part.ts";
import { reinviteRecipient } from "./reinvite-recipient.ts";
import { sendEmailVerification } from "./send-email-verification.ts";
import { sendLink } from "./send-link.ts";
import { submitStatement } from "./submit-statement.ts";
import { verifyEmail } from "./verify-email.ts";
import type { Operations } from "./operation.ts";

/** What each public route does; the type says that none is missing and none too many. */
export const operations: Operations = {
  beginAccount,
  finishAccount,
  beginSession,
  finishSession,
  endSession,
  getAccount,
  sendEmailVerification,
  verifyEmail,
  getServer,
  probe,
  getFreeze,
  orderFreeze,
  challenge,
  submitStatement,
  listStatements,
  checkIn,
  delegateChallenge,
  checkInByDelegate,
  checkInByToken,
  getStatus,
  depositKey,
  deposit,
  depositContact,
  beginDocument,
  putPart,
  listParts,
  discardDocument,
  getObject,
  listDocuments,
  putHeader,
  commitManifest,
  getManifest,
  createRecipient,
  listRecipients,
  reinviteRecipient,
  createBequest,
  listBequests,
  putLabel,
  getLog,
  openLink,
  sendLink,
  getRecipientView,
  acceptInvitation,
  prove,
  proveToAsk,
  ask,
  grant,
  getBundle,
  getReleasedObject,
};
