export function Loading({ what = "One moment" }: { what?: string }) {
  return (
    <p className="row soft" role="status">
      <span className="spinner" aria-hidden="true" />
      {what}…
    </p>
  );
}
