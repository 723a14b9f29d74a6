/** How deep functions, sources and substitutions may nest. Each level costs native stack when a process resumes. */
export const MOST_DEPTH = 200;
