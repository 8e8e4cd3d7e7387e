import { create } from "qrcode";
import { useMemo } from "react";

/** Drawn here from the text alone: a picture service would learn the secret. Quiet zone of four modules as ISO 18004 asks. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: "M" });
    const cells: string[] = [];
    for (let y = 0; y < modules.size; y += 1) {
      for (let x = 0; x < modules.size; x += 1) if (modules.get(y, x)) cells.push(`M${x + 4} ${y + 4}h1v1h-1z`);
    }
    return { size: modules.size + 8, path: cells.join("") };
  }, [text]);
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <path d={path} fill="currentColor" />
    </svg>
  );
}
