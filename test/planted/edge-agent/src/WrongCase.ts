// plants: filename-case
// Files are kebab-case nouns.
export const kept = 1;
