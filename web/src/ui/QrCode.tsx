import { encode } from 'uqr';

/** A QR code, drawn here: nobody is asked. */
export function QrCode({ text, label, size = 112 }: { text: string; label: string; size?: number }) {
  const { data, size: modules } = encode(text, { border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      viewBox={`0 0 ${modules} ${modules}`}
      width={size}
      height={size}
      style={{ flexShrink: 0 }}
      role="img"
      shapeRendering="crispEdges"
    >
      <title>{label}</title>
      <rect width={modules} height={modules} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
