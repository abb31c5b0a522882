import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Alarm } from './parts';

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class={props.wide ? 'wide' : ''} aria-labelledby={id} onCancel={props.onClose} onClose={props.onClose}>
      <header class="card-head">
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="plain" onClick={props.onClose} aria-label="Close">
          ✕
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

/**
 * Asks before something that can't be undone. With a word to type, nobody does it by accident.
 */
export function Confirm(props: {
  title: string;
  action: string;
  word?: string;
  children: ComponentChildren;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const input = useId();
  const ready = !busy && (props.word === undefined || typed === props.word);
  const confirm = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure('');
    try {
      await props.onConfirm();
      props.onClose();
    } catch (e) {
      setFailure((e as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={confirm} class="stack">
        {props.children}
        {props.word !== undefined && (
          <div class="field">
            <label for={input}>
              Type <strong class="name">{props.word}</strong> to confirm
            </label>
            <input id={input} value={typed} onInput={(e) => setTyped(e.currentTarget.value)} autocomplete="off" autocapitalize="off" spellcheck={false} />
          </div>
        )}
        {failure && <Alarm>{failure}</Alarm>}
        <div class="actions">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={!ready}>
            {busy ? 'Working…' : props.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
