const paths = {
  home: <path d="M4 11.5 12 5l8 6.5V20h-5.5v-5h-5v5H4z" />,
  document: <path d="M7 3.5h7l4 4V20.5H7zM14 3.5v4h4" />,
  note: <path d="M5 4.5h14v11l-4 4H5zM8.5 9h7M8.5 12.5h5" />,
  folder: <path d="M3.5 6h6l2 2.5h9v10h-17z" />,
  people: (
    <path d="M9 11.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.5 19.5c.3-3.6 2.5-5.3 5.5-5.3s5.2 1.7 5.5 5.3M15.5 5.2a3 3 0 0 1 0 5.8M17 14.4c2 .5 3.3 2.1 3.5 5.1" />
  ),
  bequest: <path d="M3.5 8.5 12 14l8.5-5.5M3.5 8.5v11h17v-11L12 3.5z" />,
  activity: <path d="M5 6h14M5 12h14M5 18h9" />,
  settings: (
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z" />
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  info: <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.5v.1" />,
  attention: <path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.1" />,
  key: <path d="M8.5 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM13 12h8M18 12v3.5" />,
  download: <path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14" />,
  print: <path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z" />,
  add: <path d="M12 5v14M5 12h14" />,
};

export type IconName = keyof typeof paths;

/** Decoration beside words, never instead of them: hidden from assistive technology. */
export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {paths[name]}
    </svg>
  );
}
