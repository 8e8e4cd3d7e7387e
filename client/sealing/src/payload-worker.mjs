// The program of a worker thread.
import { parentPort } from "node:worker_threads";
import { serveJobs } from "./node-chunks.mjs";

serveJobs(parentPort);
