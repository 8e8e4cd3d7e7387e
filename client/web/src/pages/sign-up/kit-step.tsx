import type { RecoveryKitPage } from "@afterkeep/sdk";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { saveText } from "../../device/save-file.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useEnter } from "../../session/use-session.ts";

/** While the kit is unsaved the browser asks before the page is left: it is shown this once and kept nowhere. */
function useLeaveGuard(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [active]);
}

export function KitStep({ kit, email }: { kit: RecoveryKitPage; email: string }) {
  const [taken, setTaken] = useState(false);
  const [safe, setSafe] = useState(false);
  const navigate = useNavigate();
  const enter = useEnter();
  useLeaveGuard(!safe);
  const download = (): void => {
    saveText(kit.text, "afterkeep-recovery-kit.txt");
    setTaken(true);
  };
  const print = (): void => {
    window.print();
    setTaken(true);
  };
  const proceed = async (): Promise<void> => {
    await enter();
    await navigate({ to: "/home" });
  };
  return (
    <Page
      title="Save your recovery kit"
      lead="It is shown only now, so keep it. If you leave for somewhere dangerous, its 24 words let what you arm for the first time go without the wait of a week. It is also meant as a second key for the day your passphrase is forgotten, but signing in with it is not part of this version yet."
    >
      <div className="no-print">
        <Notice kind="attention" title="Whoever holds this page holds a key to your vault">
          <p>Print it, or keep the file on a stick. Put it where you keep your passport, not in your mailbox.</p>
        </Notice>
      </div>
      <pre className="kit mono" tabIndex={0} aria-label="Recovery kit">
        {kit.text}
      </pre>
      <div className="row no-print">
        <Button look="second" onClick={download}>
          <Icon name="download" /> Download as text
        </Button>
        <Button look="second" onClick={print}>
          <Icon name="print" /> Print
        </Button>
      </div>
      <div className="stack no-print">
        <label className="choice">
          <input type="checkbox" checked={safe} disabled={!taken} onChange={(event) => setSafe(event.target.checked)} />
          <span>
            I have saved or printed it and put it in a safe place.
            {taken ? null : <span className="soft small"> (Download or print it first.)</span>}
          </span>
        </label>
        <Button wide disabled={!safe} onClick={() => void proceed()}>
          Continue to your vault
        </Button>
        <p className="soft small">
          A mail is on its way to {email}. Open the link in it: reminders can only be sent to an address that is
          confirmed.
        </p>
      </div>
    </Page>
  );
}
