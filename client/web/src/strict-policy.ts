// Why first of all: without this, Zod probes whether it may compile code from strings, which the page's content security policy
// forbids and reports as a violation. Zod reads this global when schemas are made, so it must be set before any of them is loaded.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
