import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import type { Profile } from '~/ui/people';
import { contentOf, type Form, fingerprint, formOf, mappingOf, type Template, wording } from './form';
import { type Carrier, useCarriers, usePreview } from './queries';
import { isNotYet, merge, type Rule, useLocalRules } from './rules';

export interface TemplateForm {
  form: Form;
  patch: (change: Partial<Form>) => void;
  /** The form with every key that was pressed. */
  now: () => Form;
  /** Changes when the form was taken over from elsewhere. */
  version: number;
  carrier: Carrier | undefined;
  dirty: boolean;
  /** The words differ from those that are saved. */
  reworded: boolean;
  rules: Rule[];
  checking: boolean;
  problem: (pointer: string) => string | undefined;
  /** Why it cannot be sent to the chosen person. */
  missing: string | undefined;
  /** From now on what is not done yet is told at its field too. */
  insist: () => void;
  /** Takes over a refusal of the server. */
  refuse: (error: unknown) => void;
}

const sentence = (pointer: string) => (rule: Rule) => rule.pointer === pointer && !rule.advice;

/** A template that is being written: its form, and what stands in the way. */
export function useTemplateForm(
  start: Form,
  saved: Template | undefined,
  person: Profile | null,
): TemplateForm {
  const [form, setForm] = useState(start);
  const [version, setVersion] = useState(0);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<{ of: string; rules: Rule[] }>();
  // What is shown may lag behind what was typed; what is saved must not.
  const latest = useRef(start);
  const patch = (change: Partial<Form>) => {
    latest.current = { ...latest.current, ...change };
    setForm(latest.current);
  };

  const now = useMemo(() => fingerprint(form), [form]);
  const base = useMemo(() => fingerprint(saved ? formOf(saved) : start), [saved, start]);
  const dirty = now !== base;
  // What others or the provider changed is taken over, unless something is being written here.
  const seen = useRef(base);
  useEffect(() => {
    if (seen.current === base) return;
    if (saved && now === seen.current) {
      latest.current = formOf(saved);
      setForm(latest.current);
      setVersion((n) => n + 1);
    }
    seen.current = base;
  }, [base, now, saved]);

  const { carriers } = useCarriers();
  const carrier = carriers.find(({ account }) => account.id === form.accountId);
  const local = useLocalRules()(form, carrier);
  const [late] = useDebouncedValue(form, 300);
  const made = usePreview(contentOf(late), mappingOf(late), person?.id);
  const told = made.data?.problems ?? [];
  // Whether one person has a value says nothing about the template.
  const missing = told.find((p) => p.code === 'missing_value')?.detail;
  const server = late === form ? told.filter((p) => p.code !== 'missing_value') : [];
  const refusal = refused?.of === now ? refused.rules : [];
  const rules = merge(merge(local, server), refusal);
  return {
    form,
    patch,
    now: () => latest.current,
    version,
    carrier,
    dirty,
    reworded: Boolean(saved) && wording(form) !== wording(formOf(saved as Template)),
    rules,
    checking: made.isFetching || late !== form,
    problem: (pointer) => rules.filter(sentence(pointer)).find((rule) => tried || !isNotYet(rule))?.detail,
    missing,
    insist: () => setTried(true),
    refuse: (error) => {
      setTried(true);
      if (error instanceof ApiProblem) setRefused({ of: now, rules: [...error.errors] });
    },
  };
}

/** What the server would refuse to save: a draft may still have placeholders that nobody filled. */
export const hindersSaving = (rule: Rule) =>
  !rule.advice && !(rule.pointer.startsWith('/mapping') && isNotYet(rule));
