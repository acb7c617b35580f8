import { useCallback, useEffect, useRef, useState } from 'react';
import type { Template } from './form';
import { saveTemplate, useTaken } from './queries';
import type { TemplateForm } from './useTemplateForm';

const PAUSE = 700;

export type Saving = 'idle' | 'waiting' | 'saving' | 'held' | 'refused';

interface Options {
  state: TemplateForm;
  saved: Template | undefined;
  /** Whether what is typed may be saved by itself. */
  active: boolean;
  /** Something is in the way of saving that the server would refuse. */
  hindered: boolean;
  /** What the server refused. */
  onRefused: (error: unknown) => void;
}

/** Saves a draft a moment after each change. What cannot be saved yet stays in this browser. */
export function useAutosave({ state, saved, active, hindered, onRefused }: Options) {
  const taken = useTaken();
  const [running, setRunning] = useState(false);
  const [refused, setRefused] = useState<string>();
  const request = useRef<Promise<void>>(undefined);
  const { dirty, checking, print } = state;
  const due = active && dirty && !hindered && !checking && refused !== print;

  const save = async () => {
    if (!saved) return;
    const form = state.now();
    setRunning(true);
    try {
      const template = await saveTemplate({ form, saved, version: state.read(), typed: true });
      state.standOnSaved(form, template);
      setRefused(undefined);
      taken(template);
    } catch (error) {
      setRefused(state.printOf(form));
      onRefused(error);
    } finally {
      setRunning(false);
    }
  };
  const latest = useRef({ due, save });
  latest.current = { due, save };

  const begin = useCallback(() => {
    request.current ??= latest.current.save().finally(() => {
      request.current = undefined;
    });
    return request.current;
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the form begins the pause anew
  useEffect(() => {
    if (!due || running) return;
    const timer = setTimeout(() => void begin(), PAUSE);
    return () => clearTimeout(timer);
  }, [due, running, print, begin]);

  // What was typed last is saved when the page is left, too.
  useEffect(
    () => () => {
      if (latest.current.due) void begin();
    },
    [begin],
  );

  const saving: Saving = !dirty
    ? 'idle'
    : running
      ? 'saving'
      : !active || hindered
        ? 'held'
        : refused === print
          ? 'refused'
          : 'waiting';
  return {
    saving,
    /** Waits until what is under way has its answer: two at a time would be a conflict of their own. */
    settled: useCallback(async () => {
      await request.current;
    }, []),
    /** What was refused may be tried again. */
    again: useCallback(() => setRefused(undefined), []),
  };
}
