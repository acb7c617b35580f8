import { useCallback, useState } from 'react';

const key = (conversation: string) => `harkara.draft.${conversation}`;

function read(conversation: string): string {
  try {
    return localStorage.getItem(key(conversation)) ?? '';
  } catch {
    return '';
  }
}

/** Whether this browser keeps drafts; private windows of some do not. */
function write(conversation: string, text: string): boolean {
  try {
    if (text === '') localStorage.removeItem(key(conversation));
    else localStorage.setItem(key(conversation), text);
    return true;
  } catch {
    return false;
  }
}

/** What is being written to a person, kept in this browser until it is sent. */
export function useDraft(conversation: string) {
  const [draft, setDraft] = useState(() => read(conversation));
  const [kept, setKept] = useState(draft !== '');
  const set = useCallback(
    (text: string) => {
      setDraft(text);
      setKept(write(conversation, text) && text !== '');
    },
    [conversation],
  );
  return { draft, kept, set };
}
