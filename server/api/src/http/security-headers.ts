import type { FastifyInstance } from "fastify";

// Why no inline script or style, and nothing from elsewhere: whoever gets a byte of script into the page has all that the owner
// has once unlocked (protocol §6). wasm-unsafe-eval is for the passphrase's key stretching.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "media-src blob:",
  "frame-src 'self' blob:",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
};

/** The headers of every answer, errors and files included. */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  if (!publicUrl.startsWith("https:")) return headers;
  return { ...headers, "strict-transport-security": "max-age=63072000; includeSubDomains" };
}

export function addSecurityHeaders(app: FastifyInstance, publicUrl: string): void {
  const all = securityHeaders(publicUrl);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(all).header("x-request-id", request.id);
    // Why: answers of the API hold what is sealed or secret; nothing between us and the person keeps a copy.
    if (request.url.startsWith("/v1/")) reply.header("cache-control", "no-store");
  });
}
