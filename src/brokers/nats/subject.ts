/** Whether a subject is one of those that a pattern means: `*` is one token, a last `>` is one or more. */
export function subjectMatches(subject: string, pattern: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  for (const [index, word] of wanted.entries()) {
    const token = tokens[index];
    if (token === undefined) return false;
    if (word === '>') return true;
    if (word !== '*' && word !== token) return false;
  }
  return tokens.length === wanted.length;
}

/** Whether messages can be published on it: without wildcards, spaces and empty tokens. */
export function isLiteral(subject: string): boolean {
  return subject !== '' && subject.split('.').every(token => /^[^\s*>]+$/.test(token));
}
