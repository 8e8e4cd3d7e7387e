import {
  checkSealFiles,
  InputError,
  missingSeal,
  type Mode,
  type SealFile,
  sealSetting,
  type Settings,
} from "@afterkeep/platform";

const sealedZones = ["kms", "keyholder"] as const;

/** Refuses settings with which the product must not start in this mode. Throws InputError that says what to do. */
export async function refuseUnfitSettings(settings: Settings, mode: Mode): Promise<void> {
  if (mode === "production") refuseUnfitProduction(settings);
  if (mode === "demo" && settings.outsideClocks.length > 0)
    throw new InputError("outside-clock-in-demo", "A demo's clock runs faster than any outside clock.", {
      next: "Leave AFTERKEEP_OUTSIDE_CLOCKS away.",
    });
  await checkSealFiles(sealFilesOf(settings), settings.dataDir);
}

function refuseUnfitProduction(settings: Settings): void {
  if (settings.smtpUrl === undefined)
    throw new InputError("smtp-missing", "In production mode mail needs a server.", {
      next: "Set AFTERKEEP_SMTP_URL.",
    });
  // Why: sessions, one-time links and the keyholder's probe go through this address.
  if (!settings.publicUrl.startsWith("https://"))
    throw new InputError("public-url-plain", "In production mode people come over https.", {
      next: "Set AFTERKEEP_PUBLIC_URL to the https address that leads here.",
    });
  for (const zone of sealedZones) if (settings.sealFiles[zone] === undefined) throw missingSeal(sealSetting(zone));
}

function sealFilesOf({ sealFiles }: Settings): SealFile[] {
  return sealedZones.flatMap((zone) => {
    const path = sealFiles[zone];
    return path === undefined ? [] : [{ setting: sealSetting(zone), path }];
  });
}
