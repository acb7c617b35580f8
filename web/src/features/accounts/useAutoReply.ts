import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldErrors } from '~/api/form';
import { viewerZone } from '~/ui/format';
import { alike, type Draft, draftOf, onTop, type Reply } from './autoReply';

/** Where the errors of a field stand. */
const PLACES: Partial<Record<keyof Draft, string>> = {
  text: 'text',
  fallback: 'name_fallback',
  zone: 'hours.zone',
  days: 'hours.days',
  outside: 'hours.outside',
};

/** What is typed in the form of an automatic answer, and what the server found wrong with it. */
export function useAutoReply(saved: Reply) {
  const fresh = useMemo(() => draftOf(saved, viewerZone()), [saved]);
  const [base, setBase] = useState(fresh);
  const [draft, setDraft] = useState(fresh);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const element = useRef<HTMLFormElement>(null);
  /** The first wrong field is led to once. */
  const lead = useRef(false);

  // Somebody else saves while the form is open: what is being typed stays.
  if (fresh !== base && !alike(fresh, base)) {
    setBase(fresh);
    setDraft((now) => onTop(now, base, fresh));
  }

  useEffect(() => {
    if (!lead.current || Object.keys(errors).length === 0) return;
    lead.current = false;
    element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [errors]);

  const mark = (found: Record<string, string>) => {
    lead.current = true;
    setErrors(found);
  };
  return {
    element,
    draft,
    dirty: !alike(draft, base),
    /** What is wrong with a field, by its place such as `hours.zone`. */
    errorAt: (place: string): string | undefined => errors[place],
    set: (change: Partial<Draft>) => {
      setDraft((before) => ({ ...before, ...change }));
      const typed = Object.keys(change).flatMap((key) => PLACES[key as keyof Draft] ?? []);
      setErrors((before) =>
        Object.fromEntries(
          Object.entries(before).filter(([at]) => !typed.some((place) => at.startsWith(place))),
        ),
      );
    },
    /** Marks what is wrong, and leads to the first of it. */
    mark,
    /** Marks what the server found. */
    told: (problem: unknown) => mark(fieldErrors(problem)),
    /** It is saved like this now. */
    settle: (reply: Reply) => {
      const now = draftOf(reply, viewerZone());
      setBase(now);
      setDraft(now);
      setErrors({});
    },
  };
}

export type AutoReplyForm = ReturnType<typeof useAutoReply>;
