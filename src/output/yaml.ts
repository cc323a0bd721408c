import {escapeQuoted} from './escape.ts';

/** A value as one YAML document. The library is loaded for this format alone. */
export async function yamlText(value: unknown): Promise<string> {
  const {Document, Scalar, visit} = await import('yaml');
  const document = new Document(value, {aliasDuplicateObjects: false});
  visit(document, {
    Scalar: (_key, node) => {
      // Only a double-quoted scalar can hold escapes.
      if (typeof node.value === 'string' && escapeQuoted(node.value) !== node.value) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeQuoted(document.toString({lineWidth: 0}));
}
