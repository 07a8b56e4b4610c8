// plants: no-barrel-file
// Whoever needs a thing imports the file that makes it.
export * from "./misses-case.ts";
