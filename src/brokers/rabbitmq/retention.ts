import type {Retention} from '../../model/destination.ts';
import {ageInMs} from './policies.ts';
import type {Settings} from './policies.ts';

/** How long a queue or a stream keeps its messages. A queue's messages are gone once acknowledged, whatever its limits. */
export function retentionOf(isStream: boolean, settings: Settings): Retention {
  const bytes = numberOf(settings, 'max-length-bytes');
  if (isStream) {
    const ageMs = ageInMs(settings.get('max-age')?.value);
    return {ageMs, bytes, messages: null, policy: ageMs === null && bytes === null ? 'none' : 'delete'};
  }
  const messages = numberOf(settings, 'max-length');
  const overflow = settings.get('overflow')?.value;
  const refuses = overflow === 'reject-publish' || overflow === 'reject-publish-dlx';
  const limited = bytes !== null || messages !== null;
  return {
    ageMs: numberOf(settings, 'message-ttl'),
    bytes,
    messages,
    policy: !limited ? 'acknowledged' : refuses ? 'reject' : 'delete',
  };
}

function numberOf(settings: Settings, key: string): number | null {
  const value = settings.get(key)?.value;
  return typeof value === 'number' ? value : null;
}
