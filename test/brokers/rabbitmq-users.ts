export const users = {guest: 'guest', watcher: 'watcher-secret', nobody: 'nobody-secret'} as const;
export const vhost = 'second';

/** Makes the users and the virtual host that tests rely on; @see RabbitmqBroker */
export async function setUpRabbitmq(managementUrl: string): Promise<void> {
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${managementUrl}/api/${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Basic ${Buffer.from(`guest:${users.guest}`).toString('base64')}`,
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
