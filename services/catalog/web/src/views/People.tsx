import { useState } from 'preact/hooks';
import { getVersioned, post, put, remove } from '../api/client';
import type { Role, Token, User } from '../api/types';
import { date } from '../lib/format';
import { usePages } from '../lib/pages';
import { session } from '../lib/session';
import { Confirm, Dialog } from '../ui/dialog';
import { say } from '../ui/toasts';
import { Ago, Alarm, Card, Empty, Field, Load } from '../ui/parts';

const ROLES: [Role, string][] = [
  ['viewer', 'viewer: looks'],
  ['operator', 'operator: also backs up and restores'],
  ['admin', 'admin: everything'],
];

function RoleSelect(props: { id: string; value: Role; onChange: (role: Role) => void }) {
  return (
    <select id={props.id} value={props.value} onChange={(e) => props.onChange(e.currentTarget.value as Role)}>
      {ROLES.map(([role, text]) => (
        <option key={role} value={role}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** A secret that is shown this once. */
export function Secret(props: { title: string; secret: string; onClose: () => void }) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <div class="stack">
        <p>Copy it now: it is not kept and can't be shown again.</p>
        <pre class="secret" tabindex={0}>
          {props.secret}
        </pre>
        <div class="actions">
          <button type="button" onClick={() => void navigator.clipboard?.writeText(props.secret).then(() => say('good', 'It is copied.'))}>
            Copy
          </button>
          <button type="button" class="primary" onClick={props.onClose}>
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  );
}

export function Users() {
  const { loaded, reload } = usePages<User>('/users', 'users', { limit: 200 });
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<User | null>(null);
  const change = async (user: User, role: Role) => {
    try {
      const { etag } = await getVersioned<User>(`/users/${encodeURIComponent(user.name)}`);
      await put(`/users/${encodeURIComponent(user.name)}`, { role }, etag);
      say('good', `${user.name} is ${role} now.`, () => void change({ ...user, role }, user.role));
    } catch (e) {
      say('bad', (e as Error).message);
    }
    reload();
  };
  return (
    <Card
      title="Users"
      aside={
        <button type="button" onClick={() => setAdding(true)}>
          Add…
        </button>
      }
    >
      <Load loaded={loaded} retry={reload}>
        {(users) => (
          <ul class="rows people">
            {users.map((user) => (
              <li key={user.name}>
                <span class="name">
                  {user.name} {user.name === session().user && <span class="quiet">(you)</span>}
                </span>
                <span class="quiet">{user.lastLoginAt ? <>was here <Ago time={user.lastLoginAt} /></> : 'was never here'}</span>
                <select aria-label={`Role of ${user.name}`} value={user.role} onChange={(e) => void change(user, e.currentTarget.value as Role)}>
                  {ROLES.map(([role]) => (
                    <option key={role}>{role}</option>
                  ))}
                </select>
                <button type="button" class="quiet-danger" onClick={() => setRemoving(user)}>
                  Remove…
                </button>
              </li>
            ))}
          </ul>
        )}
      </Load>
      {adding && <AddUser onClose={() => setAdding(false)} onAdded={reload} />}
      {removing && (
        <Confirm
          title={`Remove ${removing.name}?`}
          action="Remove"
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await remove(`/users/${encodeURIComponent(removing.name)}`);
            reload();
          }}
        >
          <p>The user's sessions end at once.</p>
        </Confirm>
      )}
    </Card>
  );
}

function AddUser(props: { onClose: () => void; onAdded: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [failure, setFailure] = useState('');
  const add = async (event: Event) => {
    event.preventDefault();
    try {
      await post('/users', { name, password, role });
      props.onAdded();
      props.onClose();
    } catch (e) {
      setFailure((e as Error).message);
    }
  };
  return (
    <Dialog title="Add a user" onClose={props.onClose}>
      <form onSubmit={add} class="stack">
        <Field label="Name">{(id) => <input id={id} value={name} onInput={(e) => setName(e.currentTarget.value)} required maxLength={64} autocomplete="off" />}</Field>
        <Field label="Password" hint="At least 12 characters.">
          {(id, describedBy) => (
            <input id={id} aria-describedby={describedBy} type="password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} required minLength={12} autocomplete="new-password" />
          )}
        </Field>
        <Field label="Role">{(id) => <RoleSelect id={id} value={role} onChange={setRole} />}</Field>
        {failure && <Alarm>{failure}</Alarm>}
        <div class="actions">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Tokens() {
  const { loaded, reload } = usePages<Token>('/tokens', 'tokens', { limit: 200 });
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState('');
  const [revoking, setRevoking] = useState<Token | null>(null);
  return (
    <Card
      title="API tokens"
      aside={
        <button type="button" onClick={() => setMaking(true)}>
          Make…
        </button>
      }
    >
      <Load loaded={loaded} retry={reload}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty title="There is none.">
              <p>Scripts and other systems say with a token who they are.</p>
            </Empty>
          ) : (
            <ul class="rows people">
              {tokens.map((token) => (
                <li key={token.id}>
                  <span class="name">{token.name}</span>
                  <span class="quiet">
                    {token.role}, until {date(token.expiresAt)}, {token.lastUsedAt ? <>used <Ago time={token.lastUsedAt} /></> : 'never used'}
                  </span>
                  <button type="button" class="quiet-danger" onClick={() => setRevoking(token)}>
                    Revoke…
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
      {making && (
        <MakeToken
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setSecret(made);
            reload();
          }}
        />
      )}
      {secret && <Secret title="The new token" secret={secret} onClose={() => setSecret('')} />}
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          action="Revoke"
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await remove(`/tokens/${encodeURIComponent(revoking.id)}`);
            reload();
          }}
        >
          <p>Whoever uses it is refused from now on.</p>
        </Confirm>
      )}
    </Card>
  );
}

function MakeToken(props: { onClose: () => void; onMade: (secret: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [days, setDays] = useState('90');
  const [failure, setFailure] = useState('');
  const make = async (event: Event) => {
    event.preventDefault();
    try {
      const made = await post<{ secret: string }>('/tokens', { name, role, expiresInDays: Number(days) });
      props.onClose();
      props.onMade(made.secret);
    } catch (e) {
      setFailure((e as Error).message);
    }
  };
  return (
    <Dialog title="Make an API token" onClose={props.onClose}>
      <form onSubmit={make} class="stack">
        <Field label="What it is for">{(id) => <input id={id} value={name} onInput={(e) => setName(e.currentTarget.value)} required maxLength={100} />}</Field>
        <Field label="Role">{(id) => <RoleSelect id={id} value={role} onChange={setRole} />}</Field>
        <Field label="Days until it ends">{(id) => <input id={id} type="number" min={1} max={3650} value={days} onInput={(e) => setDays(e.currentTarget.value)} required />}</Field>
        {failure && <Alarm>{failure}</Alarm>}
        <div class="actions">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Make
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Password() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = async (event: Event) => {
    event.preventDefault();
    try {
      await put('/session/password', { current, password });
      location.reload();
    } catch (e) {
      say('bad', (e as Error).message);
    }
  };
  return (
    <Card title="Your password">
      <form onSubmit={change} class="stack narrow">
        <Field label="Now">{(id) => <input id={id} type="password" value={current} onInput={(e) => setCurrent(e.currentTarget.value)} required autocomplete="current-password" />}</Field>
        <Field label="New" hint="At least 12 characters; your other sessions end.">
          {(id, describedBy) => (
            <input id={id} aria-describedby={describedBy} type="password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} required minLength={12} autocomplete="new-password" />
          )}
        </Field>
        <div class="actions">
          <button type="submit">Change</button>
        </div>
      </form>
    </Card>
  );
}
