import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ApiProblem, type Schemas } from '~/api/client';
import { useSession } from '~/api/session';
import { useSaid } from '~/i18n/said';
import type { Profile } from '~/ui/people';
import type { Builder } from './builder';
import { contentOf, type Form, fingerprint, formOf, mappingOf, type Template, wording } from './form';
import { keep, readKept } from './kept';
import { type Carrier, useCarriers, useCheck, usePreview } from './queries';
import { isNotYet, merge, type Rule, useLocalRules } from './rules';

export interface TemplateForm {
  form: Form;
  patch: Builder['patch'];
  /** The form with every key that was pressed. */
  now: () => Form;
  /** Changes when the form was taken over from elsewhere. */
  version: number;
  /** The version of the saved template that the form was made from. */
  read: () => number | undefined;
  /** Whether somebody else saved something else since. */
  apart: (theirs: Template) => boolean;
  /** From now on what is written here goes over theirs. */
  keepMine: () => void;
  /** Gives up what was written here. */
  takeTheirs: () => void;
  /** Puts a whole form in place of what is written here. */
  put: (form: Form) => void;
  /** What was sent is saved: changes are made to this version from now on. */
  standOnSaved: (sent: Form, template: Template) => void;
  /** Since when what is not saved is kept in this browser from an earlier visit. */
  keptSince: number | undefined;
  /** Whether what is not saved is kept in this browser. */
  kept: boolean;
  /** The form as one text, and that of another. */
  print: string;
  printOf: (form: Form) => string;
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
  refuse: (error: unknown, quietly?: boolean) => void;
}

/** What is open is a hint to the server, which saves drafts; here it is what is left to do. */
const ruleOf = ({ level, ...rest }: Schemas['TemplateRemark']): Rule =>
  level === 'warning' && !isNotYet(rest) ? { ...rest, advice: true } : rest;

const sentence = (pointer: string) => (rule: Rule) => rule.pointer === pointer && !rule.advice;

/** A template that is being written: its form, and what stands in the way. */
export function useTemplateForm(
  start: Form,
  saved: Template | undefined,
  person: Profile | null,
): TemplateForm {
  const user = useSession().user.id;
  // What an earlier visit left unsaved.
  const [before] = useState(() => {
    const found = saved && readKept(user, saved.id);
    return found && saved && fingerprint(found.form) !== fingerprint(formOf(saved)) ? found : undefined;
  });
  const [form, setForm] = useState(before?.form ?? start);
  const [keptSince, setKeptSince] = useState(before?.at);
  const [kept, setKept] = useState(Boolean(before));
  const [version, setVersion] = useState(0);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<{ of: string; rules: Rule[] }>();
  // What is shown may lag behind what was typed; what is saved must not.
  const latest = useRef(form);
  const patch: Builder['patch'] = (change) => {
    const fields = typeof change === 'function' ? change(latest.current) : change;
    latest.current = { ...latest.current, ...fields };
    setForm(latest.current);
  };

  const now = useMemo(() => fingerprint(form), [form]);
  const base = useMemo(() => fingerprint(saved ? formOf(saved) : start), [saved, start]);
  // What the server made of what was sent from here: it may write the same in another way.
  const [sent, setSent] = useState<{ of: string; version: number }>();
  const dirty = now !== base && !(sent?.of === now && sent.version === saved?.updated_at);
  // What the form was made from. What others or the provider changed is taken over, unless something is being written here:
  // then the server, told this version, will not let it be written over.
  const origin = useRef({ of: before?.of ?? base, version: before?.since ?? saved?.updated_at });
  const standOn = (of: string, from: Template | undefined) => {
    origin.current = { of, version: from?.updated_at };
  };
  const put = (whole: Form) => {
    latest.current = whole;
    setForm(whole);
    setVersion((n) => n + 1);
  };
  const takeTheirs = () => {
    if (!saved) return;
    put(formOf(saved));
    standOn(fingerprint(latest.current), saved);
    setKeptSince(undefined);
  };
  const standOnSaved = (of: Form, template: Template) => {
    // What was answered late of an older version is none to stand on.
    if (template.updated_at < (origin.current.version ?? 0)) return;
    standOn(fingerprint(formOf(template)), template);
    setSent({ of: fingerprint(of), version: template.updated_at });
    setKeptSince(undefined);
    if (fingerprint(latest.current) === fingerprint(of)) keep(user, template.id, undefined);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it calls is made of these
  useEffect(() => {
    const { of } = origin.current;
    if (of !== base && now === of) takeTheirs();
    else if (of === base || now === base) standOn(base, saved);
  }, [base, now, saved]);

  // What is not saved stays in this browser, whatever becomes of the page.
  const id = saved?.id;
  useEffect(() => {
    if (id === undefined) return;
    const { of, version: since } = origin.current;
    const what = dirty ? { since: since ?? 0, of, form, at: Date.now() } : undefined;
    setKept(keep(user, id, what) && dirty);
  }, [id, user, dirty, form]);

  const said = useSaid();
  const { carriers } = useCarriers();
  const carrier = carriers.find(({ account }) => account.id === form.accountId);
  const local = useLocalRules()(form, carrier);
  const [late] = useDebouncedValue(form, 300);
  const checked = useCheck(late, saved);
  // What was found in other words is not told of these.
  const server =
    late === form && !checked.isPlaceholderData
      ? (checked.data?.problems ?? []).map((found) => ({ ...ruleOf(found), detail: said(found.detail) }))
      : [];
  const made = usePreview(contentOf(late), mappingOf(late), person?.id);
  // Whether one person has a value says nothing about the template.
  const missing = made.data?.problems.find((p) => p.code === 'missing_value')?.detail;
  const refusal = refused?.of === now ? refused.rules : [];
  const rules = merge(merge(local, server), refusal);
  return {
    form,
    patch,
    now: () => latest.current,
    version,
    read: () => origin.current.version,
    apart: (theirs) => fingerprint(formOf(theirs)) !== origin.current.of,
    keepMine: () => standOn(base, saved),
    takeTheirs,
    put,
    standOnSaved,
    keptSince: dirty ? keptSince : undefined,
    kept,
    print: now,
    printOf: fingerprint,
    carrier,
    dirty,
    reworded: Boolean(saved) && wording(form) !== wording(formOf(saved as Template)),
    rules,
    checking: checked.isFetching || late !== form,
    problem: (pointer) => rules.filter(sentence(pointer)).find((rule) => tried || !isNotYet(rule))?.detail,
    missing: missing && said(missing),
    insist: () => setTried(true),
    refuse: (error, quietly) => {
      if (!quietly) setTried(true);
      if (error instanceof ApiProblem)
        setRefused({ of: fingerprint(latest.current), rules: [...error.errors] });
    },
  };
}

/** What the server would refuse to save: a draft may still have placeholders that nobody filled. */
export const hindersSaving = (rule: Rule) =>
  !rule.advice && !(rule.pointer.startsWith('/mapping') && isNotYet(rule));
