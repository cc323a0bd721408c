/*
 * JSON for what JSON has no word for. A value with no JSON form of its own becomes an object with one key that begins
 * with `$`; a real key that begins with `$` gets a second one. So every value has one spelling and reads back as it was.
 */

/** The JSON form of a scalar, a list or a plain object. @throws {RangeError} on an invalid Date @throws {TypeError} on a function or symbol */
export function encodeValue(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : {$number: Object.is(value, -0) ? '-0' : `${value}`};
  }
  if (typeof value === 'bigint') return {$bigint: value.toString()};
  if (value instanceof Date) return {$time: value.toISOString()};
  if (value instanceof Uint8Array) return {$base64: Buffer.from(value).toString('base64')};
  if (Array.isArray(value)) return value.map(item => (item === undefined ? null : encodeValue(item)));
  if (typeof value === 'object') {
    const kept = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      kept.map(([name, item]) => [name.startsWith('$') ? `$${name}` : name, encodeValue(item)]),
    );
  }
  throw new TypeError(`a ${typeof value} cannot be stored`);
}

/** What `encodeValue` was given. @throws {TypeError} saying what is wrong */
export function decodeValue(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(decodeValue);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json);
  const [name, text] = entries.length === 1 ? (entries[0] ?? []) : [];
  if (name !== undefined && /^\$[^$]/.test(name)) return decodeTagged(name, text);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, decodeValue(item)]),
  );
}

function decodeTagged(tag: string, text: unknown): unknown {
  if (typeof text !== 'string') throw new TypeError(`${tag} holds no text`);
  switch (tag) {
    case '$number':
      if (!['NaN', 'Infinity', '-Infinity', '-0'].includes(text)) break;
      return Number(text);
    case '$bigint':
      if (!/^-?\d+$/.test(text)) break;
      return BigInt(text);
    case '$time':
      return decodeTime(text);
    case '$base64':
      return decodeBase64(text);
  }
  throw new TypeError(`${tag} ${JSON.stringify(text)} means nothing`);
}

/** @throws {TypeError} when the text is no time */
export function decodeTime(text: unknown): Date {
  const time = new Date(typeof text === 'string' ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new TypeError(`${JSON.stringify(text)} is not a time`);
  return time;
}

/** @throws {TypeError} when the text is not base64: `Buffer` would leave out what it cannot read */
export function decodeBase64(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new TypeError(`${JSON.stringify(text.slice(0, 40))} is not base64`);
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
}
