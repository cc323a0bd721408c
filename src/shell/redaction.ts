import type {Secret} from '../model/secret.ts';

const known = new Set<string>();

/** From now on no error, warning or trace shows this secret, in any of the forms it is sent in. */
export function redactFromNowOn(secret: Secret): Secret {
  const text = secret.reveal();
  if (text !== '') {
    for (const form of [text, encodeURIComponent(text), Buffer.from(text).toString('base64')]) known.add(form);
  }
  return secret;
}

/** The text with every known secret, and every password in a URL, as `***`. */
export function redact(text: string): string {
  let out = text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*):[^\s@/?#]+@/gi, '$1:***@');
  for (const secret of known) {
    // A secret that is a common word ("guest") must not blank the middle of another word.
    const word = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    out = out.replace(new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`, 'g'), '***');
  }
  return out;
}
