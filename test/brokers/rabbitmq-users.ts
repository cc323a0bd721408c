export const users = {guest: 'guest', watcher: 'watcher-secret', nobody: 'nobody-secret'} as const;
export const vhost = 'second';

const authorization = `Basic ${Buffer.from(`guest:${users.guest}`).toString('base64')}`;

/** The version that a server's management API tells; `null` while it does not answer. */
export async function serverVersion(managementUrl: string): Promise<string | null> {
  try {
    const answer = await fetch(`${managementUrl}/api/overview`, {
      headers: {authorization},
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) return null;
    return ((await answer.json()) as {rabbitmq_version?: string}).rabbitmq_version ?? null;
  } catch {
    return null;
  }
}

/** Makes the users and the virtual host that tests rely on; @see RabbitmqBroker */
export async function setUpRabbitmq(managementUrl: string): Promise<void> {
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${managementUrl}/api/${path}`, {
      method: 'PUT',
      headers: {
        authorization,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
  };
  await put(`vhosts/${vhost}`, {});
  await put(`permissions/${vhost}/guest`, {configure: '.*', write: '.*', read: '.*'});
  await put('users/watcher', {password: users.watcher, tags: 'monitoring'});
  await put('permissions/%2F/watcher', {configure: '^$', write: '^$', read: '.*'});
  await put('users/nobody', {password: users.nobody, tags: ''});
  await put('permissions/%2F/nobody', {configure: '^$', write: '^$', read: '^$'});
}
