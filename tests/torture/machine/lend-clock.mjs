// Loaded into the start command's own process and its supervisor (--import): hands the lent clock on to every process of the product.
// Why: the supervisor gives its zones and PostgreSQL a clean environment, as it should, and a machine's wrong clock is no setting.
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

const spawn = childProcess.spawn;
const lent = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name === "LD_PRELOAD" || name.startsWith("FAKETIME_")),
);
// Why not this one: it names what libfaketime shares within one tree of one user, and PostgreSQL runs as another.
delete lent.FAKETIME_SHARED;

childProcess.spawn = (program, args, options) =>
  spawn(program, args, options?.env === undefined ? options : { ...options, env: { ...options.env, ...lent } });
syncBuiltinESMExports();
