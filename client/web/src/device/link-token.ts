const tokenShape = /^#([A-Za-z0-9_-]{43})$/;
let token = "";

/**
 * Takes the secret of a mail link out of the address bar before anything is drawn: it must not stay in the history, in a
 * screenshot or in a shared address. It lives in memory until the page is left.
 */
export function takeLinkToken(): void {
  token = tokenShape.exec(location.hash)?.[1] ?? "";
  if (token !== "") history.replaceState(history.state, "", location.pathname);
  // A second link opened in the same tab changes only the fragment, which loads nothing by itself.
  addEventListener("hashchange", () => {
    if (tokenShape.test(location.hash)) location.reload();
  });
}

/** The token of this page's mail link, or "" where the page was opened without one. */
export function linkToken(): string {
  return token;
}
