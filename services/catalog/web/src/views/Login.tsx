import { useState } from 'preact/hooks';
import { post } from '../api/client';
import type { Session } from '../api/types';
import { useTitle } from '../lib/use';
import { Alarm, Field } from '../ui/parts';

export function Login(props: { onLogin: (session: Session) => void }) {
  useTitle('Log in');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const login = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure('');
    try {
      props.onLogin(await post<Session>('/session', { user, password }));
    } catch (e) {
      setFailure((e as Error).message);
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <img src="/icon.svg" alt="" width={56} height={56} />
      <h1>Tidemark</h1>
      <form onSubmit={login} class="card stack">
        <Field label="User">{(id) => <input id={id} value={user} onInput={(e) => setUser(e.currentTarget.value)} autocomplete="username" autocapitalize="off" required />}</Field>
        <Field label="Password">
          {(id) => <input id={id} type="password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} autocomplete="current-password" required />}
        </Field>
        {failure && <Alarm>{failure}</Alarm>}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Logging in…' : 'Log in'}
        </button>
      </form>
    </main>
  );
}
