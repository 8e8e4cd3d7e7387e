import { Link } from "@tanstack/react-router";

export function Brand() {
  return (
    <Link to="/" className="brand">
      <svg
        aria-hidden="true"
        width="28"
        height="28"
        viewBox="0 0 32 32"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinejoin="round"
      >
        <path d="M5 12.5 16 5l11 7.5V26H5z" />
        <path d="m5 13 11 7.5L27 13" />
      </svg>
      Afterkeep
    </Link>
  );
}
