import { useSyncExternalStore } from 'react';

const KEY = 'harkara.notify';
/** Held by every tab that somebody looks at. */
const SEEN = 'harkara-seen';

const listeners = new Set<() => void>();
const told = () => {
  for (const tell of listeners) tell();
};

/** Whether this browser can tell at all: not without a safe connection, and on some phones not for a page. */
const possible = () => window.isSecureContext && 'Notification' in window;

/** Whether somebody asked this browser to tell of new messages, and it may. */
export const wantsNotify = () =>
  possible() && Notification.permission === 'granted' && localStorage.getItem(KEY) === 'true';

type Notifying = 'impossible' | 'on' | 'off' | 'refused';
const current = (): Notifying =>
  !possible()
    ? 'impossible'
    : Notification.permission === 'denied'
      ? 'refused'
      : wantsNotify()
        ? 'on'
        : 'off';

/** What the switch shows. */
export const useNotify = (): Notifying =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);

/** Turns it on, which asks the browser, or off. Call it for a click only: browsers refuse what nobody asked for. */
export async function askToNotify(on: boolean): Promise<NotificationPermission> {
  const permission = on ? await Notification.requestPermission() : Notification.permission;
  localStorage.setItem(KEY, String(on && permission === 'granted'));
  told();
  return permission;
}

let held: AbortController | undefined;

/** Lets the other tabs know while somebody looks at this one. */
export function watchSeen(): () => void {
  const look = () => {
    held?.abort();
    held = undefined;
    if (document.visibilityState !== 'visible' || !navigator.locks) return;
    const holding = new AbortController();
    held = holding;
    const until = new Promise<void>((end) => holding.signal.addEventListener('abort', () => end()));
    void navigator.locks.request(SEEN, { mode: 'shared' }, () => until);
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    held?.abort();
  };
}

async function seenElsewhere(): Promise<boolean> {
  const { held: locks } = (await navigator.locks?.query()) ?? {};
  return locks?.some((lock) => lock.name === SEEN) ?? false;
}

/**
 * Tells outside of the page, when nobody looks at any tab of ours. All tabs tell under one name, so that it is shown once.
 * Give no text of a message: it is read on locked screens. Answers whether it was shown.
 */
export async function notify(text: string, open: () => void): Promise<boolean> {
  if (!wantsNotify() || document.visibilityState === 'visible' || (await seenElsewhere())) return false;
  try {
    const shown = new Notification(text, { tag: 'harkara-inbox', icon: '/icon.svg' });
    shown.onclick = () => {
      window.focus();
      shown.close();
      open();
    };
    return true;
  } catch {
    return false;
  }
}
