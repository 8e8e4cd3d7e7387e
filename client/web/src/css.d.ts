// Vite turns these imports into one stylesheet of the page.
declare module "*.css";
