import { useLocalStorage } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { PLACES } from './nav';

/** Whether single letters act; people who speak to their computer turn them off (WCAG 2.1.4). */
export const useShortcutsOn = () => useLocalStorage({ key: 'harkara.shortcuts', defaultValue: true });

const EDITABLE = 'input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=textbox]';

/** Whether a key press is a shortcut and not text, a menu's or the browser's. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target;
  return !(
    target instanceof Element && target.closest(`${EDITABLE},[role=menu],[role=listbox],[role=dialog]`)
  );
}

/** `g` and a letter goes to a page, `/` to the search of the page that is open. */
export function useShortcuts(): void {
  const [on] = useShortcutsOn();
  const navigate = useNavigate();
  useEffect(() => {
    if (!on) return;
    let armed = 0;
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      if (event.key === '/') {
        const fields = document.querySelectorAll<HTMLInputElement>('main input[type=search]');
        const seen = [...fields].find((field) => field.checkVisibility?.() ?? true);
        if (!seen) return;
        event.preventDefault();
        seen.focus();
        seen.select();
        return;
      }
      if (event.key === 'g') {
        armed = event.timeStamp;
        return;
      }
      const place = event.timeStamp - armed < 1500 ? PLACES.find((p) => p.key === event.key) : undefined;
      armed = 0;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to });
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [on, navigate]);
}
