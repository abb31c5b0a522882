import { useEffect, useState } from 'preact/hooks';
import type { Tone } from './parts';

interface Toast {
  id: number;
  tone: Tone;
  text: string;
  undo?: () => void;
}

let last = 0;
let show: (toast: Toast) => void = () => {};

/** A word on what was done, read out by screen readers; with a way back where there is one. */
export function say(tone: Tone, text: string, undo?: () => void): void {
  show({ id: ++last, tone, text, undo });
}

export function Toasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const drop = (id: number) => setToasts((all) => all.filter((toast) => toast.id !== id));
  useEffect(() => {
    show = (toast) => {
      setToasts((all) => [...all.slice(-3), toast]);
      setTimeout(() => drop(toast.id), toast.tone === 'bad' ? 15_000 : 8000);
    };
    return () => {
      show = () => {};
    };
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} class={`toast ${toast.tone}`}>
          <span>{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              onClick={() => {
                toast.undo?.();
                drop(toast.id);
              }}
            >
              Undo
            </button>
          )}
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => drop(toast.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
